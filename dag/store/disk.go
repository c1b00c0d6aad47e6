package store

import "golang.org/x/sys/unix"

// add counts one file or folder, unless it was seen under another name.
func (d *Disk) add(path string, seen map[[2]uint64]bool) {
	const block = 512 // bytes, the unit of st_blocks whatever the file system's own blocks are
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return
	}
	id := [2]uint64{uint64(st.Dev), st.Ino} //nolint:unconvert // st.Dev is an int32 on macOS
	if seen[id] {
		return
	}
	if st.Nlink > 1 {
		seen[id] = true
	}
	d.Real += st.Blocks * block
	if fileType(uint32(st.Mode)).IsDir() { //nolint:unconvert // st.Mode is a uint16 on macOS
		return
	}
	d.Files++
	d.Bytes += st.Size
}
