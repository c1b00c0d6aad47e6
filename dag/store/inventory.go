package store

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Stored is an artifact and what the store knows of it.
type Stored struct {
	Digest  Digest
	Bytes   int64     // of its files together
	Records []*Record // that name it, the newest first; empty where it is left over
	Pin     *Pin      // nil if it is not pinned
	Gone    bool      // records name it, and its folder is not there
}

// Made is when the work that last gave the artifact was done; zero where no record says it.
func (a *Stored) Made() time.Time {
	if len(a.Records) == 0 {
		return time.Time{}
	}
	return a.Records[0].Started.Add(a.Records[0].Took)
}

// Kind names the kind of stage that made the artifact, "" where no record says it.
func (a *Stored) Kind() string {
	if len(a.Records) == 0 {
		return ""
	}
	return a.Records[0].Kind
}

// Type names what the artifact holds, "" where no record says it.
func (a *Stored) Type() string {
	if len(a.Records) == 0 {
		return ""
	}
	return a.Records[0].Type
}

// Inventory is all that a store holds of results, as it was found at one moment.
type Inventory struct {
	Artifacts []*Stored          // the newest first, those without a record last
	Records   map[Digest]*Record // by key; without damaged ones
	Damaged   map[Digest]error   // by key: records that can't be read
}

// Inventory lists the artifacts and their records. It reads every record and no artifact, and writes nothing. The error
// is one of listing folders or of reading pins.
func (s *Store) Inventory() (*Inventory, error) {
	inv := &Inventory{Records: map[Digest]*Record{}, Damaged: map[Digest]error{}}
	there, err := s.digests() // before the records: what is published meanwhile has its artifact first
	if err != nil {
		return nil, err
	}
	pins, err := s.Pins()
	if err != nil {
		return nil, err
	}
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	byDigest := map[Digest]*Stored{}
	for _, d := range there {
		byDigest[d] = &Stored{Digest: d}
	}
	for _, key := range keys {
		r, err := s.Record(key)
		switch {
		case err == nil:
			inv.Records[key] = r
		case !errors.Is(err, ErrMiss): // which it is if it was removed meanwhile
			inv.Damaged[key] = err
		}
	}
	s.gather(inv, byDigest)
	for _, a := range byDigest {
		a.Pin = pins[a.Digest]
		inv.Artifacts = append(inv.Artifacts, a)
	}
	slices.SortFunc(inv.Artifacts, func(x, y *Stored) int {
		known := func(a *Stored) int { return min(len(a.Records), 1) }
		return cmp.Or(known(y)-known(x), y.Made().Compare(x.Made()), strings.Compare(string(x.Digest), string(y.Digest)))
	})
	return inv, nil
}

// gather gives each artifact its records, the newest first, and its size. It adds the artifacts that only records name.
func (s *Store) gather(inv *Inventory, byDigest map[Digest]*Stored) {
	for _, r := range inv.Records {
		a := byDigest[r.Artifact]
		if a == nil {
			a = &Stored{Digest: r.Artifact, Gone: !exists(s.artifactDir(r.Artifact))}
			byDigest[r.Artifact] = a
		}
		a.Records, a.Bytes = append(a.Records, r), r.Bytes
	}
	for _, a := range byDigest {
		slices.SortFunc(a.Records, func(x, y *Record) int {
			return cmp.Or(y.Started.Compare(x.Started), strings.Compare(string(x.Key), string(y.Key)))
		})
		if len(a.Records) == 0 {
			a.Bytes = Usage(s.artifactDir(a.Digest)).Bytes
		}
	}
}

// digests lists the folders of artifacts.
func (s *Store) digests() ([]Digest, error) { return s.named("artifacts", "") }

// keys lists the files of records.
func (s *Store) keys() ([]Digest, error) { return s.named("records", ".json") }

// named lists what is called <digest><suffix> below dir/<first 2 letters>, sorted.
func (s *Store) named(dir, suffix string) ([]Digest, error) {
	var out []Digest
	subs, err := readDir(s.path(dir))
	if err != nil {
		return nil, s.explain("listing "+dir, err)
	}
	for _, sub := range subs {
		if len(sub.Name()) != 2 || !sub.IsDir() {
			continue
		}
		entries, err := readDir(s.path(dir, sub.Name()))
		if err != nil {
			return nil, s.explain("listing "+dir, err)
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), suffix)
			if ok && isDigest(name) && name[:2] == sub.Name() {
				out = append(out, Digest(name))
			}
		}
	}
	return out, nil
}

// readDir lists a folder; one that is not there is empty.
func readDir(dir string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// isDigest says whether s is a SHA-256 as Digest writes it.
func isDigest(s string) bool { return len(s) == 64 && isHex(s) }

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// ArtifactDir gives the folder of an artifact, which may not be there.
func (s *Store) ArtifactDir(d Digest) string { return s.artifactDir(d) }

// Disk is how much of a disk some files take.
type Disk struct {
	Files int64
	Bytes int64 // as their sizes say, each file once
	Real  int64 // of blocks on the disk: less where files have holes, more where blocks are half full
}

// Usage measures what lies at path, a file or a folder; a file with several names below it counts once. What vanishes
// meanwhile, or can't be read, counts nothing.
func Usage(path string) Disk {
	var d Disk
	seen := map[[2]uint64]bool{}
	_ = filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err == nil {
			d.add(p, seen)
		}
		return nil
	})
	return d
}

// Measure tells how much of the disk a folder of the store takes, and how many entries it has ("" for all of the store).
func (s *Store) Measure(folder string) (Disk, int) {
	n := 0
	entries, _ := os.ReadDir(s.path(folder)) // what can't be read counts nothing, as in Usage
	for _, e := range entries {
		n++
		if e.IsDir() && len(e.Name()) == 2 && isHex(e.Name()) { // records/ab
			below, _ := os.ReadDir(s.path(folder, e.Name()))
			n += len(below) - 1
		}
	}
	return Usage(s.path(folder)), n
}
