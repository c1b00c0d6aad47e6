package store

// seen are the stamps of the files that were digested, by the numbers of their paths.
type seen = pages[sighting]

type sighting struct {
	stamp stamp
	was   bool // digested at all
}

// Watch gives Files with the same memory that also notes the stamp of every file it digests, for Changed.
func (f *Files) Watch() *Files { return &Files{memory: f.memory, seen: &seen{}} }

// Changed names the first file, by path, that was written between the digesting by before and that by f, both made by
// Watch of the same Files; also one that holds the same bytes again. "" means that no stamp differs; a change within one
// step of the file system's clock shows only in the digest.
func (f *Files) Changed(before *Files) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := ""
	for n := range f.names.count {
		if *f.seen.at(n) == *before.seen.at(n) {
			continue
		}
		if path := string(f.names.path(n)); first == "" || path < first {
			first = path
		}
	}
	return first
}
