package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Finding is something in a store that is not as it should be.
type Finding struct {
	Broken bool   // a result is lost or wrong; otherwise something is only left over
	What   string // artifact, record, note, pin, file
	Name   string // a digest, a key, or a path below the store
	Text   string // what is wrong
	Remedy string // what happens, or what to do
	Kind   string // of the stage that made it, where that is known
}

// CheckOptions say what to check.
type CheckOptions struct {
	Only     []Digest                // just these artifacts; all, and everything else, if empty
	Progress func(done, total int64) // is told of bytes read, from several goroutines; may be nil
}

// The remedies: what is lost is made again by the next run that needs it.
const (
	madeAnew   = "the next run that needs it makes it anew"
	justDelete = "nothing needs it: pipe store gc --apply removes it"
)

// Report is what Check read and found.
type Report struct {
	Findings  []Finding // what is broken first
	Artifacts int       // read
	Records   int       // read
	Bytes     int64     // of artifacts
}

// Check reads every byte of artifacts and records and compares them with what was written, whatever the store remembers of
// having read them. It writes nothing, and runs may go on beside it. The error is that of ctx, or of listing the store.
func (s *Store) Check(ctx context.Context, o CheckOptions) (*Report, error) {
	inv, err := s.Inventory()
	if err != nil {
		return nil, err
	}
	c := &checker{s: s, o: o}
	var arts []*Stored
	for _, a := range inv.Artifacts {
		if len(o.Only) == 0 || slices.Contains(o.Only, a.Digest) {
			arts = append(arts, a)
			c.total += a.Bytes
		}
	}
	if err := c.artifacts(ctx, arts); err != nil {
		return nil, err
	}
	if len(o.Only) == 0 {
		c.records(inv)
		c.notes()
		c.strays()
	}
	slices.SortFunc(c.found, func(a, b Finding) int {
		if a.Broken != b.Broken {
			return map[bool]int{true: -1, false: 1}[a.Broken]
		}
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Name, b.Name))
	})
	return &Report{Findings: c.found, Artifacts: len(arts), Records: len(inv.Records) + len(inv.Damaged), Bytes: c.done}, nil
}

type checker struct {
	s *Store
	o CheckOptions

	mu          sync.Mutex
	found       []Finding
	done, total int64
}

func (c *checker) add(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found = append(c.found, f)
}

func (c *checker) progress(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done += n; c.o.Progress != nil {
		c.o.Progress(min(c.done, c.total), c.total)
	}
}

func (c *checker) artifacts(ctx context.Context, arts []*Stored) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, a := range arts {
		g.Go(func() error {
			if err := c.artifact(ctx, a); err != nil {
				return err
			}
			if len(a.Records) == 0 {
				c.add(Finding{What: "artifact", Name: string(a.Digest), Text: "no record names it", Remedy: justDelete})
			}
			return nil
		})
	}
	return g.Wait()
}

// artifact reads one artifact. The error is that of ctx.
func (c *checker) artifact(ctx context.Context, a *Stored) error {
	dir := c.s.artifactDir(a.Digest)
	there, _, err := listFiles(dir)
	for i := range there {
		if err == nil {
			_, err = digestFiles(ctx, dir, there[i:i+1])
			c.progress(there[i].Size)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	have := artifactDigest(there)
	switch {
	case err == nil && have == a.Digest:
		return nil
	case c.removed(a): // by a gc, meanwhile
		return nil
	case errors.Is(err, fs.ErrNotExist) && !exists(dir):
		err = errors.New("its folder is gone")
	case err == nil && len(a.Records) > 0:
		err = diffFiles(a.Records[0].Files, there)
	case err == nil:
		err = errors.New("its bytes are not those that were written")
	}
	c.add(Finding{Broken: true, What: "artifact", Name: string(a.Digest), Kind: a.Kind(), Text: err.Error(), Remedy: madeAnew})
	return nil
}

// removed says that an artifact and its records were taken away while it was read.
func (c *checker) removed(a *Stored) bool {
	for _, r := range a.Records {
		if _, err := c.s.Record(r.Key); !errors.Is(err, ErrMiss) {
			return false
		}
	}
	return !exists(c.s.artifactDir(a.Digest))
}

func (c *checker) records(inv *Inventory) {
	for key, err := range inv.Damaged {
		c.add(Finding{Broken: true, What: "record", Name: string(key), Text: cause(err), Remedy: madeAnew})
	}
}

func cause(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return err.Error()
}

// notes reads what only explains things, and the memories.
func (c *checker) notes() {
	_, err := c.s.Lasts()
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		for _, e := range joined.Unwrap() {
			c.add(Finding{Broken: true, What: "note", Name: "last", Text: e.Error(), Remedy: "only a reason of plan is lost: the next run writes it anew"})
		}
	}
	if err := newMemo().take(c.s.path(memoFile)); err != nil {
		c.add(Finding{Broken: true, What: "note", Name: memoFile, Text: err.Error(), Remedy: "the next run reads all files outside anew and replaces it"})
	}
}

// strays finds what this program never puts there.
func (c *checker) strays() {
	for _, dir := range []string{"artifacts", "records"} {
		subs, err := readDir(c.s.path(dir))
		if err != nil {
			c.add(Finding{What: "file", Name: dir, Text: err.Error(), Remedy: "make it readable"})
		}
		for _, sub := range subs {
			if len(sub.Name()) == 2 && isHex(sub.Name()) && sub.IsDir() {
				c.straysIn(dir, sub.Name())
			} else {
				c.stray(dir, sub.Name())
			}
		}
	}
}

func (c *checker) straysIn(dir, sub string) {
	entries, err := readDir(c.s.path(dir, sub))
	if err != nil {
		c.add(Finding{What: "file", Name: dir + "/" + sub, Text: err.Error(), Remedy: "make it readable"})
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case dir == "artifacts" && isDigest(name) && name[:2] == sub && e.IsDir():
		case dir == "records" && isDigest(strings.TrimSuffix(name, ".json")) && name[:2] == sub:
		default:
			c.stray(dir+"/"+sub, name)
		}
	}
}

// stray tells of a file that nothing names, unless a process works on it just now.
func (c *checker) stray(dir, name string) {
	remedy := "no part of the store: move or delete it"
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".tmp"), ".json")
	for prefix, lease := range map[string]string{"tmp-": "", "old-": "artifact-", "": ""} {
		key, ok := strings.CutPrefix(base, prefix)
		if !ok || !isDigest(key) {
			continue
		}
		if _, err := os.Lstat(c.s.path("leases", lease+key)); err == nil {
			return // a run clears it away, or the next one does
		}
		remedy = justDelete
	}
	if exists(c.s.path(dir, name)) {
		c.add(Finding{What: "file", Name: dir + "/" + name, Text: "nothing names it", Remedy: remedy})
	}
}

// String says what was found in one line.
func (f Finding) String() string {
	name := f.Name
	if isDigest(name) {
		name = Digest(name).Short()
	}
	if f.Kind != "" {
		name += " (" + f.Kind + ")"
	}
	return fmt.Sprintf("%s %s: %s", f.What, name, f.Text)
}
