package machine

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// fileSystems are those that people have, by the numbers of statfs(2).
var fileSystems = map[uint32]FileSystem{
	0xef53: {Type: "ext4"}, 0x58465342: {Type: "xfs"}, 0x9123683e: {Type: "btrfs"}, 0x2fc12fc1: {Type: "zfs"}, 0xf2f52010: {Type: "f2fs"},
	0xca451a4e: {Type: "bcachefs"}, 0x794c7630: {Type: "overlay"}, 0x5346544e: {Type: "ntfs"}, 0x4d44: {Type: "fat"}, 0x2011bab0: {Type: "exfat"},
	0x01021994: {Type: "tmpfs", Volatile: true}, 0x858458f6: {Type: "ramfs", Volatile: true},
	0x6969: {Type: "nfs", Network: true}, 0xff534d42: {Type: "cifs", Network: true}, 0xfe534d42: {Type: "smb", Network: true},
	0x00c36400: {Type: "ceph", Network: true}, 0x0bd00bd0: {Type: "lustre", Network: true}, 0x47504653: {Type: "gpfs", Network: true},
	0x5346414f: {Type: "afs", Network: true}, 0x19830326: {Type: "beegfs", Network: true}, 0x01021997: {Type: "9p", Network: true},
	0x65735546: {Type: "fuse", Network: true}, // sshfs, s3fs, GlusterFS, …
}

// FileSystemOf says what a folder is on.
func FileSystemOf(dir string) (FileSystem, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return FileSystem{}, fmt.Errorf("statfs %s: %w", dir, err)
	}
	f, ok := fileSystems[uint32(st.Type)]
	if !ok {
		f.Type = fmt.Sprintf("%#x", uint32(st.Type))
	}
	f.Free = int64(st.Bavail) * st.Bsize
	f.ReadOnly = st.Flags&unix.ST_RDONLY != 0
	return f, nil
}
