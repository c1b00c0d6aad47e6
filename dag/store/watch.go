package store

import (
	"maps"
	"slices"
	"sync"
)

// seen are the stamps of the files that were digested, by absolute path.
type seen struct {
	mu     sync.Mutex
	stamps map[string]stamp
}

func (s *seen) add(path string, st stamp) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamps[path] = st
}

// Watch gives Files with the same memory that also notes the stamp of every file it digests, for Changed.
func (f *Files) Watch() *Files {
	return &Files{memory: f.memory, seen: &seen{stamps: map[string]stamp{}}}
}

// Changed names the first file, by path, that was written between the digesting by before and that by f, both made by
// Watch; also one that holds the same bytes again. "" means that no stamp differs; a change within one step of the
// file system's clock shows only in the digest.
func (f *Files) Changed(before *Files) string {
	was, is := before.seen.stamps, f.seen.stamps
	all := slices.AppendSeq(slices.Collect(maps.Keys(was)), maps.Keys(is))
	slices.Sort(all)
	for _, path := range all {
		a, had := was[path]
		b, has := is[path]
		if had != has || a != b {
			return path
		}
	}
	return ""
}
