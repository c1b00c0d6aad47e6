package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failer is a test, or one try of a drawn test.
type failer interface {
	Helper()
	Fatal(...any)
}

func open(t failer, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func key(c byte) Digest { return Digest(strings.Repeat(string(c), 64)) }

// publish writes files (path → content) as the result of a key.
func publish(t testing.TB, s *Store, k Digest, files map[string]string) *Hit {
	t.Helper()
	l, ok, err := s.TryLease(k)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer l.Release()
	for p, c := range files {
		put(t, filepath.Join(l.Out, p), c)
	}
	hit, err := l.Publish(context.Background(), &Record{Kind: "test", Preimage: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	return hit
}

func put(t failer, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPublishAndLookup(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Lookup(t.Context(), key('a')); !errors.Is(err, ErrMiss) {
		t.Fatal(err)
	}
	put := publish(t, s, key('a'), map[string]string{"b": "bb", "sub/a": "a"})
	got, err := s.Lookup(t.Context(), key('a'))
	if err != nil {
		t.Fatal(err)
	}
	// sha256("pipe artifact 1", "b", "2", sha256("bb"), "sub/a", "1", sha256("a")), by testdata/golden.py
	const digest = goldenArtifact
	if got.Record.Artifact != digest || got.Dir != put.Dir || !strings.HasSuffix(got.Dir, "artifacts/"+digest[:2]+"/"+digest) {
		t.Errorf("%s at %s, wanted %s", got.Record.Artifact, got.Dir, digest)
	}
	if r := got.Record; r.Bytes != 3 || len(r.Files) != 2 || r.Files[1].Path != "sub/a" || r.Key != key('a') {
		t.Errorf("%+v", r)
	}
	info, err := os.Stat(filepath.Join(got.Dir, "sub/a"))
	if err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestSameBytesAreKeptOnce publishes the same bytes under two keys.
func TestSameBytesAreKeptOnce(t *testing.T) {
	s := open(t, t.TempDir())
	a := publish(t, s, key('a'), map[string]string{"x": "1"})
	before, err := os.Stat(filepath.Join(a.Dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	b := publish(t, s, key('b'), map[string]string{"x": "1"})
	after, err := os.Stat(filepath.Join(b.Dir, "x"))
	if err != nil || a.Dir != b.Dir || !os.SameFile(before, after) {
		t.Errorf("%s and %s, %v", a.Dir, b.Dir, err)
	}
}

// TestArtifactDigest draws sets of files and wants digests to be equal exactly where the sets are.
func TestArtifactDigest(t *testing.T) {
	word := rapid.StringMatching(`[a0]{0,3}`)
	set := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) FileEntry {
		return FileEntry{Path: word.Draw(t, "path"), Size: rapid.Int64Range(0, 11).Draw(t, "size"), SHA256: Digest(word.Draw(t, "sha"))}
	}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		a, b := set.Draw(t, "a"), set.Draw(t, "b")
		same := len(a) == len(b)
		for i := range min(len(a), len(b)) {
			same = same && a[i] == b[i]
		}
		if (artifactDigest(a) == artifactDigest(b)) != same {
			t.Fatal(a, b)
		}
	})
}

// TestUnchangedIsNotRead makes the bytes of a file unreadable: only a lookup that trusts its stamp can succeed.
func TestUnchangedIsNotRead(t *testing.T) {
	s := open(t, t.TempDir())
	hit := publish(t, s, key('a'), map[string]string{"x": "1"})
	if _, err := s.Lookup(t.Context(), key('a')); err != nil || s.trusted(hit.Record.Artifact) == "" {
		t.Fatal("what was read just now is not remembered as whole", err)
	}
	big := publish(t, s, key('b'), map[string]string{"x": strings.Repeat("x", settled)})
	if s.trusted(big.Record.Artifact) == "" {
		t.Fatal("something big that was published just now is not remembered as whole")
	}
	sum, _, err := stampFiles(hit.Dir, hit.Record.Files)
	if err != nil || sum != s.trusted(hit.Record.Artifact) {
		t.Fatal("the stamp changed by itself", err)
	}
	forged := key('f') // a digest the bytes don't have: reading them would tell
	dir := s.artifactDir(forged)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(hit.Dir, dir); err != nil {
		t.Fatal(err)
	}
	if err := s.verify(t.Context(), dir, forged, hit.Record.Files, true); err == nil {
		t.Fatal("wrong bytes were not noticed")
	}
	if err := os.MkdirAll(filepath.Dir(s.trustPath(forged)), 0o755); err != nil {
		t.Fatal(err)
	}
	sum, _, err = stampFiles(dir, hit.Record.Files)
	if err != nil {
		t.Fatal(err)
	}
	s.trust(forged, sum)
	if err := s.verify(t.Context(), dir, forged, hit.Record.Files, true); err != nil {
		t.Fatalf("a trusted artifact was read: %v", err)
	}
}

// TestKeptTimesDoNotFool changes a byte and puts size and mtime back, as a careless copy would.
func TestKeptTimesDoNotFool(t *testing.T) {
	s := open(t, t.TempDir())
	hit := publish(t, s, key('a'), map[string]string{"x": "1"})
	file := filepath.Join(hit.Dir, "x")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, file, "2")
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if _, err := s.Lookup(t.Context(), key('a')); !errors.As(err, &damaged) || damaged.Was != hit.Record.Artifact {
		t.Error(err)
	}
}

func TestVersions(t *testing.T) {
	tests := []struct{ name, file, content, message string }{
		{"newer", "version", "7\n", "has layout 7, and this program knows layouts up to 1: use a newer pipe"},
		{"garbled", "version", "x", `holds "x" instead of a layout number`},
		{"not a store", "letter.txt", "Dear", "is not empty and is no store of pipe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, filepath.Join(dir, tt.file), tt.content)
			for _, o := range []Options{{}, {ReadOnly: true}} {
				if _, err := Open(dir, o); err == nil || !strings.Contains(err.Error(), tt.message) {
					t.Errorf("%+v: %v", o, err)
				}
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("something was written: %v", entries)
			}
		})
	}
	var newer *VersionError
	dir := t.TempDir()
	put(t, filepath.Join(dir, "version"), "2")
	if _, err := Open(dir, Options{}); !errors.As(err, &newer) || newer.Have != 2 {
		t.Error(err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	s := &Store{dir: "/data/.pipe"}
	for err, want := range map[error]string{
		&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}: "store: publishing: write x: no space left on device: free some space where /data/.pipe is, or put the store elsewhere with --store",
		&fs.PathError{Op: "mkdir", Path: "x", Err: syscall.EROFS}:  "store: publishing: mkdir x: read-only file system: make /data/.pipe writable, or put the store elsewhere with --store",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}:  "store: publishing: open x: permission denied: make /data/.pipe writable, or put the store elsewhere with --store",
	} {
		if got := s.explain("publishing", err); got.Error() != want || !errors.Is(got, err) {
			t.Errorf("got  %v\nwant %s", got, want)
		}
	}
	for err, want := range map[error]string{ // of a stage's own work
		&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}:                                ": free some space where /data/.pipe is",
		&fs.PathError{Op: "write", Path: "x", Err: syscall.EFBIG}:                                 ": raise the limit (ulimit -f)",
		&fs.PathError{Op: "open", Path: "/data/.pipe/artifacts/tmp-1/x", Err: syscall.EACCES}:     ": make /data/.pipe writable",
		&os.LinkError{Op: "rename", Old: "/data/.pipe/scratch/1/x", New: "y", Err: syscall.EROFS}: ": make /data/.pipe writable",
		&fs.PathError{Op: "open", Path: "/photos/1.jpg", Err: syscall.EACCES}:                     "",
		&fs.PathError{Op: "open", Path: "/data/.pipe2/1.jpg", Err: syscall.EACCES}:                "",
		errors.New("another"): "",
	} {
		if got := s.Explain(err); !errors.Is(got, err) || !strings.HasPrefix(got.Error(), err.Error()+want) || want == "" && !errors.Is(err, got) {
			t.Errorf("%v: %v", err, got)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "")
	if _, err := Open(filepath.Join(file, "store"), Options{}); err == nil {
		t.Error("a store below a file")
	}
}

// TestReadOnly wants every way to write refused.
func TestReadOnly(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "none"), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_, _, lease := s.TryLease(key('a'))
	_, run := s.NewRun(time.Now())
	for what, err := range map[string]error{
		"lease": lease, "run": run, "last": s.SetLast(Last{}), "files": s.Files().Save(t.Context()),
	} {
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Lookup(t.Context(), key('a')); !errors.Is(err, ErrMiss) {
		t.Error(err)
	}
	if runs, err := s.Runs(); len(runs) != 0 || err != nil {
		t.Error(runs, err)
	}
}
