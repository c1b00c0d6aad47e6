package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ledger is what runs used, as their records would tell.
type ledger map[string][]Digest

func (l ledger) used(id string) ([]Digest, error) { return l[id], nil }

// collect plans and applies at once and gives what is left, by the keys that made it.
func collect(t testing.TB, s *Store, k KeepOptions) (Freed, string) {
	t.Helper()
	if k.Now.IsZero() {
		k.Now = time.Now()
	}
	if k.Used == nil {
		k.Used = ledger{}.used
	}
	g, err := s.Plan(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Apply(t.Context(), g, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f, left(t, s)
}

// left names the results that can be served, and what else is there of artifacts.
func left(t testing.TB, s *Store) string {
	t.Helper()
	inv, err := s.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for key := range inv.Records {
		name := string(key[:1])
		if _, err := s.Peek(t.Context(), key); err != nil {
			name += " " + err.Error()
		}
		out = append(out, name)
	}
	for _, a := range inv.Artifacts {
		if len(a.Records) == 0 {
			out = append(out, "an artifact without record")
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func newRun(t failer, s *Store, at time.Time) *Run {
	t.Helper()
	r, err := s.NewRun(at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWhatIsKept publishes a to f and 0, each kept for a reason of its own, and then takes the reasons away.
func TestWhatIsKept(t *testing.T) {
	now := time.Now()
	s := open(t, t.TempDir())
	book := ledger{}
	d := map[byte]Digest{}
	for _, c := range []byte("abcdef0") {
		l, _, err := s.TryLease(key(c))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(l.Out, "x"), string(c))
		made := now.Add(-100 * time.Hour)
		if c == 'e' {
			made = now.Add(-time.Hour)
		}
		h, err := l.Publish(t.Context(), &Record{Kind: "test", Preimage: []byte(`{}`), Started: made})
		if err != nil {
			t.Fatal(err)
		}
		l.Release()
		d[c] = h.Record.Artifact
	}
	if err := s.Pin(t.Context(), Pin{Digest: d['a']}); err != nil {
		t.Fatal(err)
	}
	old, recent := newRun(t, s, now.Add(-90*time.Hour)), newRun(t, s, now.Add(-80*time.Hour))
	book[old.ID], book[recent.ID] = []Digest{d['f']}, []Digest{d['b']}
	for _, r := range []*Run{old, recent} {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetLast(Last{Experiment: "e", Stage: "s", Key: key('c'), Preimage: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddHistory(t.Context(), "e", "s", Gave{Artifact: d['0'], Run: old.ID}); err != nil {
		t.Fatal(err)
	}
	lease, _, err := s.TryLease(key('d'))
	if err != nil {
		t.Fatal(err)
	}
	k := KeepOptions{Runs: 1, Age: 2 * time.Hour, Last: true, Now: now, Used: book.used}
	g, err := s.Plan(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	why := map[Digest]Why{}
	for _, v := range g.Artifacts {
		why[v.Digest] = v.Why
	}
	wanted := map[Digest]Why{d['a']: KeptPinned, d['b']: KeptRun, d['c']: KeptLast, d['d']: KeptWorked, d['e']: KeptYoung, d['f']: KeptNothing, d['0']: KeptHistory}
	if !maps.Equal(why, wanted) || !slices.Equal(g.Runs, []string{old.ID}) {
		t.Errorf("got %v, %v", why, g.Runs)
	}
	if f, got := collect(t, s, k); got != "0, a, b, c, d, e" || f.Artifacts != 1 || f.Runs != 1 || f.Spared != 0 {
		t.Errorf("%s, %+v", got, f)
	}
	lease.Release()
	if _, err := s.Unpin(d['a']); err != nil {
		t.Fatal(err)
	}
	if _, got := collect(t, s, KeepOptions{Last: true, Runs: 1, Used: book.used}); got != "0, b, c" {
		t.Error(got)
	}
	if _, got := collect(t, s, KeepOptions{}); got != "" {
		t.Error(got)
	}
	if f, _ := collect(t, s, KeepOptions{}); f != (Freed{}) {
		t.Errorf("a second collection took something away: %+v", f)
	}
}

// TestLeftovers wants what killed processes leave gone, and what living ones work on untouched.
func TestLeftovers(t *testing.T) {
	s := open(t, t.TempDir())
	a, b, c := string(key('a')), string(key('b')), string(key('c'))
	gone := []string{"artifacts/tmp-" + a + "/x", "artifacts/old-" + a + "/x", "uses/20260101-000000.000-abcd", "memo/trust/bb/" + b,
		"scratch/" + b + "/checkpoint", "families/bb/" + b + ".json", "records/cc/" + c + ".json"}
	for _, p := range gone {
		put(t, s.path(p), "left")
	}
	long := time.Now().Add(-2 * tmpAge)
	put(t, s.path("last", "x.1.tmp"), "left")
	put(t, s.path("last", "y.2.tmp"), "being written")
	if err := os.Chtimes(s.path("last", "x.1.tmp"), long, long); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2"} { // folders of runs that had yet to begin
		put(t, s.path("runs", name+".tmp", "lock"), "")
	}
	if err := os.Chtimes(s.path("runs", "1.tmp"), long, long); err != nil {
		t.Fatal(err)
	}
	gone = append(gone, "last/x.1.tmp", "runs/1.tmp")
	lost := publish(t, s, key('d'), map[string]string{"x": "1"})
	remove(t, lost.Dir)
	lease, _, err := s.TryLease(key('e'))
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release()
	put(t, filepath.Join(lease.Scratch, "checkpoint"), "1")
	run := newRun(t, s, time.Now())
	defer func() { _ = run.Close() }()

	if f, got := collect(t, s, KeepOptions{}); got != "" || f.Scratch != 1 || f.Others != 9 {
		t.Errorf("%q, %+v", got, f)
	}
	for _, p := range gone {
		if exists(s.path(p)) {
			t.Errorf("%s is still there", p)
		}
	}
	for _, p := range []string{lease.Out, lease.Scratch + "/checkpoint", s.path("last", "y.2.tmp"), s.path("runs", "2.tmp"), run.Dir, s.path("uses", run.ID)} {
		if !exists(p) {
			t.Errorf("%s is gone", p)
		}
	}
}

func TestOneCollectionAtATime(t *testing.T) {
	s := open(t, t.TempDir())
	lock, ok, err := s.tryLock("gc")
	if err != nil || !ok {
		t.Fatal(err)
	}
	defer unlockAndRemove(lock)
	g, err := s.Plan(t.Context(), KeepOptions{Used: ledger{}.used})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), g, nil); err == nil || !strings.Contains(err.Error(), "another garbage collection is at work") {
		t.Error(err)
	}
}

// TestDataInUseStays has a run use an artifact just before and just after the gate.
func TestDataInUseStays(t *testing.T) {
	for where, want := range map[string]string{
		"before the gate": "served", "after the gate": "missed", "between records and artifact": "waited, then missed",
	} {
		t.Run(where, func(t *testing.T) {
			dir := t.TempDir()
			s, other := open(t, dir), open(t, dir)
			publish(t, s, key('a'), map[string]string{"x": "1"})
			g, err := s.Plan(t.Context(), KeepOptions{Now: time.Now(), Used: ledger{}.used})
			if err != nil {
				t.Fatal(err)
			}
			run := newRun(t, other, time.Now())
			defer func() { _ = run.Close() }()
			got, done, patience := "", make(chan error, 1), time.Minute
			if where == "between records and artifact" {
				patience = 50 * time.Millisecond // here it waits for the collection, which waits for this
			}
			c := &collector{s: s, g: g, known: map[string][]Digest{}, between: func(w string) {
				if w != where {
					return
				}
				begun := time.Now()
				go func() { _, err := other.Lookup(t.Context(), key('a')); done <- err }()
				select {
				case err := <-done:
					got = map[bool]string{true: "served", false: "missed"}[err == nil]
					if err != nil && !errors.Is(err, ErrMiss) {
						t.Error(err)
					}
				case <-time.After(patience):
					got = fmt.Sprintf("waited %v", time.Since(begun))
				}
			}}
			if err := c.artifacts(t.Context()); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(got, "waited") {
				if err := <-done; !errors.Is(err, ErrMiss) {
					t.Errorf("after the wait: %v", err)
				}
				got = "waited, then missed"
			}
			if got != want && (where != "between records and artifact" || got != "missed") { // its record may be gone at the first look
				t.Errorf("%s, wanted %s", got, want)
			}
		})
	}
}

// world is a store with several processes on it, each a Store of its own.
type world struct {
	t     *rapid.T
	dir   string
	procs []*proc
	book  ledger
	depth int // of collections inside each other's pauses
	pins  map[Digest]bool
	kept  map[Digest]Digest // results of runs that ended after the plan of a collection began, by key
}

// proc is one process: its store, its run, and what the run holds, by artifact.
type proc struct {
	s    *Store
	run  *Run
	mine map[Digest]Digest // artifact → key
}

// step lets one process do something, chosen by rapid.
func (w *world) step() {
	p := rapid.SampledFrom(w.procs).Draw(w.t, "process")
	switch rapid.SampledFrom([]string{"look", "look", "look", "end", "end", "kill", "pin", "unpin"}).Draw(w.t, "does") {
	case "look":
		if p.run == nil {
			p.run, p.mine = newRun(w.t, p.s, time.Now()), map[Digest]Digest{}
		}
		w.work(p, key(rapid.SampledFrom([]byte("abcdef")).Draw(w.t, "key")))
	case "end":
		if p.run != nil {
			w.book[p.run.ID] = slices.Collect(maps.Keys(p.mine))
			if w.depth > 0 {
				maps.Copy(w.kept, p.mine)
			}
			if err := p.run.Close(); err != nil {
				w.t.Fatal(err)
			}
			p.run, p.mine = nil, nil
			p.s.Close()
		}
	case "kill": // the files of the process are closed, and nothing else happens
		if p.run != nil {
			_ = p.run.lock.Close()
			_ = p.s.uses.lock.Close()
			_ = p.s.uses.file.Close()
			p.s, p.run, p.mine = open(w.t, w.dir), nil, nil
		}
	case "unpin":
		for d := range w.pins {
			delete(w.pins, d)
			if _, err := p.s.Unpin(d); err != nil {
				w.t.Fatal(err)
			}
		}
	case "pin":
		there, err := p.s.digests()
		if err != nil {
			w.t.Fatal(err)
		}
		if len(there) == 0 {
			return
		}
		d := rapid.SampledFrom(there).Draw(w.t, "pinned")
		if held(p.s.path("leases", "artifact-"+string(d))) { // by the collection in whose pause we are: wait for it
			return
		}
		if err := p.s.Pin(w.t.Context(), Pin{Digest: d}); err != nil {
			w.t.Fatal(err)
		}
		w.pins[d] = true
	}
}

// work does what a run does for a stage: it looks for the result, and makes it if it is not there.
func (w *world) work(p *proc, k Digest) {
	h, err := p.s.Lookup(w.t.Context(), k)
	if err == nil {
		p.mine[h.Record.Artifact] = k
		return
	}
	if !errors.Is(err, ErrMiss) && w.depth > 0 {
		w.t.Fatalf("a run meets damage: %v", err)
	}
	if held(p.s.path("leases", "artifact-"+string(expected(k)))) { // by the collection in whose pause we are: wait for it
		return
	}
	l, ok, err := p.s.TryLease(k)
	if err != nil {
		w.t.Fatal(err)
	}
	if !ok { // a collection has it just now
		return
	}
	defer l.Release()
	put(w.t, filepath.Join(l.Out, "x"), content(k))
	h, err = l.Publish(w.t.Context(), &Record{Preimage: []byte(`{}`)})
	if err != nil {
		w.t.Fatal(err)
	}
	p.mine[h.Record.Artifact] = k
}

// expected is the digest of the artifact that the work of a key gives.
func expected(k Digest) Digest {
	sum := sha256.Sum256([]byte(content(k)))
	return artifactDigest([]FileEntry{{Path: "x", Size: int64(len(content(k))), SHA256: Digest(hex.EncodeToString(sum[:]))}})
}

// content is what the work of a key gives: a and b give the same bytes.
func content(k Digest) string {
	if k[0] == 'b' {
		return "a"
	}
	return string(k[:1])
}

// collect runs a collection that keeps as little as it may, with steps of other processes in its pauses.
func (w *world) collect() {
	s := open(w.t, w.dir)
	defer s.Close()
	w.depth++
	defer func() { w.depth--; w.kept = map[Digest]Digest{} }()
	g, err := s.Plan(w.t.Context(), KeepOptions{Now: time.Now(), Used: w.book.used})
	if err != nil {
		w.t.Fatal(err)
	}
	pause := func(where string) {
		if strings.HasPrefix(where, "between") { // within the gate everybody waits: see TestDataInUseStays
			return
		}
		for range rapid.IntRange(0, 4).Draw(w.t, "steps "+where) {
			w.step()
		}
		w.check()
	}
	pause("after the plan")
	c := &collector{s: s, g: g, known: map[string][]Digest{}, between: pause}
	if err := c.artifacts(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.check()
	for d := range w.kept {
		if !exists(s.artifactDir(d)) {
			w.t.Fatalf("what a run used that ended meanwhile is gone")
		}
	}
}

// check wants every artifact that a living run holds, or that is pinned, to be there and whole.
func (w *world) check() {
	need := map[Digest]bool{}
	maps.Copy(need, w.pins)
	for _, p := range w.procs {
		for d := range p.mine {
			need[d] = true
		}
	}
	for d := range need {
		dir := w.procs[0].s.artifactDir(d)
		files, _, err := listFiles(dir)
		if err != nil {
			w.t.Fatalf("an artifact in use is gone: %v", err)
		}
		if have, err := digestFiles(w.t.Context(), dir, files); err != nil || have != d {
			w.t.Fatalf("an artifact in use is damaged: %v", err)
		}
	}
}

// TestCollectionBesideRuns draws what three processes do beside and within collections, and wants nothing that a living
// run holds, that a run used which ended meanwhile, or that is pinned, to be taken away, and nothing damaged to be served.
func TestCollectionBesideRuns(t *testing.T) {
	checks := flag.Lookup("rapid.checks") // each try writes to the disk and waits for it
	was := checks.Value.String()
	if err := checks.Value.Set("20"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = checks.Value.Set(was) }()
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		w := &world{t: rt, dir: dir, book: ledger{}, pins: map[Digest]bool{}, kept: map[Digest]Digest{}}
		for range 3 {
			w.procs = append(w.procs, &proc{s: open(rt, dir)})
		}
		defer func() {
			for _, p := range w.procs {
				p.s.Close()
			}
		}()
		for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			for range rapid.IntRange(1, 8).Draw(rt, "steps") {
				w.step()
			}
			w.collect()
		}
	})
}
