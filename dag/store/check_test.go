package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// found gives what Check tells, a line each: "damaged" or "left over", and what.
func found(t *testing.T, s *Store, only ...Digest) []string {
	t.Helper()
	r, err := s.Check(t.Context(), CheckOptions{Only: only})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range r.Findings {
		state := "left over"
		if f.Broken {
			state = "damaged"
		}
		if f.Remedy == "" {
			t.Errorf("%v says not what to do", f)
		}
		out = append(out, state+" "+f.String())
	}
	return out
}

func TestCheck(t *testing.T) {
	a := key('a')
	tests := []struct {
		name  string
		spoil func(t *testing.T, s *Store, h *Hit)
		want  []string // ARTIFACT stands for the short digest of the artifact
	}{
		{"whole", func(*testing.T, *Store, *Hit) {}, nil},
		{"other bytes", func(t *testing.T, _ *Store, h *Hit) { overwrite(t, filepath.Join(h.Dir, "x"), "2") },
			[]string{"damaged artifact ARTIFACT (test): file x has other bytes than were written"}},
		{"missing file", func(t *testing.T, _ *Store, h *Hit) { remove(t, filepath.Join(h.Dir, "sub/y")) },
			[]string{"damaged artifact ARTIFACT (test): file sub/y is missing"}},
		{"another file", func(t *testing.T, _ *Store, h *Hit) { put(t, filepath.Join(h.Dir, "z"), "") },
			[]string{"damaged artifact ARTIFACT (test): it holds 3 files instead of 2"}},
		{"a link", func(t *testing.T, _ *Store, h *Hit) {
			remove(t, filepath.Join(h.Dir, "x"))
			if err := os.Symlink("sub/y", filepath.Join(h.Dir, "x")); err != nil {
				t.Fatal(err)
			}
		}, []string{"damaged artifact ARTIFACT (test): x is no plain file: an artifact holds only files and folders"}},
		{"no folder", func(t *testing.T, _ *Store, h *Hit) { remove(t, h.Dir) },
			[]string{"damaged artifact ARTIFACT (test): its folder is gone"}},
		{"record", func(t *testing.T, s *Store, _ *Hit) { overwrite(t, s.recordPath(a), "{}") },
			[]string{"damaged record aaaaaaaaaaaa: its bytes are not those that were written", "left over artifact ARTIFACT: no record names it"}},
		{"no record", func(t *testing.T, s *Store, _ *Hit) { remove(t, s.recordPath(a)) },
			[]string{"left over artifact ARTIFACT: no record names it"}},
		{"no record and other bytes", func(t *testing.T, s *Store, h *Hit) {
			remove(t, s.recordPath(a))
			overwrite(t, filepath.Join(h.Dir, "x"), "2")
		}, []string{"damaged artifact ARTIFACT: its bytes are not those that were written", "left over artifact ARTIFACT: no record names it"}},
		{"note and memo", func(t *testing.T, s *Store, _ *Hit) {
			put(t, s.lastPath("e", "s"), "{}")
			put(t, s.path(memoFile), "x")
		}, []string{"damaged note last: last/LAST is damaged: its bytes are not those that were written", "damaged note memo/files: its bytes are not those that were written"}},
		{"strays", func(t *testing.T, s *Store, _ *Hit) {
			put(t, s.path("artifacts", "letter"), "x")
			put(t, s.path("records", "aa", "letter"), "x")
			put(t, s.path("artifacts", "tmp-"+string(a), "x"), "x")
			put(t, s.path("artifacts", "old-"+string(key('b')), "x"), "x")
			put(t, s.path("leases", "artifact-"+string(key('b'))), "") // being cleared away
		}, []string{"left over file artifacts/letter: nothing names it", "left over file artifacts/tmp-" + string(a) + ": nothing names it",
			"left over file records/aa/letter: nothing names it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, t.TempDir())
			h := publish(t, s, a, map[string]string{"x": "1", "sub/y": "2"})
			tt.spoil(t, s, h)
			got := found(t, s)
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], h.Record.Artifact.Short(), "ARTIFACT")
				got[i] = strings.ReplaceAll(got[i], filepath.Base(s.lastPath("e", "s")), "LAST")
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestCheckReadsWhatLooksUnchanged forges the memory that an artifact is whole.
func TestCheckReadsWhatLooksUnchanged(t *testing.T) {
	s := open(t, t.TempDir())
	h := publish(t, s, key('a'), map[string]string{"x": "1"})
	overwrite(t, filepath.Join(h.Dir, "x"), "2")
	sum, _, err := stampFiles(h.Dir, h.Record.Files)
	if err != nil {
		t.Fatal(err)
	}
	s.trust(h.Record.Artifact, sum)
	if _, err := s.Lookup(t.Context(), key('a')); err != nil {
		t.Fatalf("the forged memory is not believed, so the test proves nothing: %v", err)
	}
	if got := found(t, s); len(got) != 1 || !strings.HasPrefix(got[0], "damaged artifact") {
		t.Errorf("%q", got)
	}
}

func TestCheckOfSomeAndCancelled(t *testing.T) {
	s := open(t, t.TempDir())
	a := publish(t, s, key('a'), map[string]string{"x": "1"})
	b := publish(t, s, key('b'), map[string]string{"x": "2"})
	overwrite(t, filepath.Join(a.Dir, "x"), "0")
	if got := found(t, s, b.Record.Artifact); got != nil {
		t.Errorf("checked what was not asked for: %q", got)
	}
	if got := found(t, s, a.Record.Artifact); len(got) != 1 {
		t.Errorf("%q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Check(ctx, CheckOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	s := open(t, t.TempDir())
	for _, d := range []string{"abcd1" + strings.Repeat("0", 59), "abcd2" + strings.Repeat("0", 59)} {
		put(t, filepath.Join(s.artifactDir(Digest(d)), "x"), "")
	}
	for prefix, want := range map[string]string{
		"abcd1": "", "ABCD2": "", "abc": "at least its first 4", "abcx": "is no digest", "abce": "the store has no artifact abce",
		"abcd": "abcd could be any of 2: abcd10000000, abcd20000000. Give more of it", strings.Repeat("a", 65): "is no digest",
	} {
		d, err := s.Find(prefix)
		if want == "" {
			if err != nil || !strings.HasPrefix(string(d), strings.ToLower(prefix)) || len(d) != 64 {
				t.Errorf("%s: %s, %v", prefix, d, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", prefix, err, want)
		}
	}
}

func TestPins(t *testing.T) {
	s := open(t, t.TempDir())
	h := publish(t, s, key('a'), map[string]string{"x": "1"})
	d := h.Record.Artifact
	if err := s.Pin(t.Context(), Pin{Digest: key('b'), Time: time.Now()}); err == nil {
		t.Error("pinned what is not there")
	}
	if err := s.Pin(t.Context(), Pin{Digest: d, Note: "why", Time: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if pins, err := s.Pins(); err != nil || len(pins) != 1 || pins[d].Note != "why" {
		t.Errorf("%v, %v", pins, err)
	}
	overwrite(t, s.pinPath(d), "{")
	if pins, err := s.Pins(); err != nil || pins[d] == nil || !strings.Contains(pins[d].Note, "can't be read") {
		t.Errorf("a damaged pin pins no more: %v, %v", pins, err)
	}
	for _, want := range []bool{true, false} {
		if was, err := s.Unpin(d); err != nil || was != want {
			t.Errorf("%v, %v", was, err)
		}
	}
}

// TestInventory wants one artifact under two keys listed once, what is newest first, and damage told apart.
func TestInventory(t *testing.T) {
	s := open(t, t.TempDir())
	a := publish(t, s, key('a'), map[string]string{"x": "1"})
	publish(t, s, key('b'), map[string]string{"x": "1"})
	c := publish(t, s, key('c'), map[string]string{"x": "22"})
	remove(t, c.Dir)
	overwrite(t, s.recordPath(key('d')), "{}")
	put(t, filepath.Join(s.artifactDir(key('e')), "x"), "333")
	inv, err := s.Inventory()
	if err != nil || len(inv.Artifacts) != 3 || len(inv.Records) != 3 || inv.Damaged[key('d')] == nil {
		t.Fatalf("%+v, %v", inv, err)
	}
	byDigest := map[Digest]*Stored{}
	for _, x := range inv.Artifacts {
		byDigest[x.Digest] = x
	}
	if x := byDigest[a.Record.Artifact]; len(x.Records) != 2 || x.Bytes != 1 || x.Gone || x.Kind() != "test" {
		t.Errorf("%+v", x)
	}
	if x := byDigest[c.Record.Artifact]; !x.Gone {
		t.Errorf("%+v", x)
	}
	if x := inv.Artifacts[2]; x.Digest != key('e') || x.Bytes != 3 || !x.Made().IsZero() {
		t.Errorf("what has no record must come last: %+v", x)
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a"), strings.Repeat("x", 10000))
	if err := os.Link(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "holes"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(1<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	if d := Usage(dir); d.Files != 2 || d.Bytes != 10000+1<<20 || d.Real > 200<<10 || d.Real < 10000 {
		t.Errorf("%+v", d)
	}
	if d := Usage(filepath.Join(dir, "none")); d != (Disk{}) {
		t.Errorf("%+v", d)
	}
}

func overwrite(t *testing.T, path, content string) {
	t.Helper()
	_ = os.Chmod(path, 0o644) // may not be there yet
	put(t, path, content)
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func TestExport(t *testing.T) {
	s := open(t, t.TempDir())
	h := publish(t, s, key('a'), map[string]string{"x": "1", "sub/y": "22"})
	d := h.Record.Artifact
	to := filepath.Join(t.TempDir(), "new", "copy")
	if n, bytes, err := s.Export(t.Context(), d, to); err != nil || n != 2 || bytes != 3 {
		t.Fatal(n, bytes, err)
	}
	if have, err := DigestFolder(t.Context(), to); err != nil || have != d {
		t.Errorf("the copy has digest %s, %v", have, err)
	}
	if info, err := os.Stat(filepath.Join(to, "x")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the copy is not its owner's to change: %v, %v", info, err)
	}
	if _, _, err := s.Export(t.Context(), d, to); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Error(err)
	}
	overwrite(t, filepath.Join(h.Dir, "x"), "2")
	_, _, damaged := s.Export(t.Context(), d, to+"2")
	_, _, gone := s.Export(t.Context(), key('b'), to+"2")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, stopped := s.Export(ctx, d, to+"2")
	if damaged == nil || gone == nil || !errors.Is(stopped, context.Canceled) {
		t.Error(damaged, gone, stopped)
	}
	entries, err := os.ReadDir(filepath.Dir(to))
	if err != nil || len(entries) != 1 {
		t.Errorf("something is left of copies that failed: %v, %v", entries, err)
	}
}
