package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func sum(s string) Sum { return sha256.Sum256([]byte(s)) }

func sha(s string) Digest { return sum(s).Digest() }

// poison makes every digest in memory wrong, so that its use shows.
func poison(f *Files) {
	for _, e := range f.all() {
		e.sum = sum("poison")
	}
}

// photos makes a folder of files.
func photos(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for p, c := range files {
		put(t, filepath.Join(root, p), c)
	}
	return root
}

// age waits until files written just now may be remembered.
func age() { time.Sleep(racy + 50*time.Millisecond) }

func TestTree(t *testing.T) {
	root := photos(t, map[string]string{"b.jpg": "b", "a/c.jpg": "c", "a.jpg": "a", "notes.txt": "n", "elsewhere/in.jpg": "i"})
	outside := photos(t, map[string]string{"hidden.jpg": "h", "one.jpg": "one"})
	for link, to := range map[string]string{"z.jpg": outside + "/one.jpg", "folder.jpg": outside, "broken.jpg": "/no/such", "linked": outside} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, t.TempDir())
	got, err := s.Files().Tree(t.Context(), root, func(rel string) bool { return strings.HasSuffix(rel, ".jpg") })
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got {
		line := fmt.Sprint(f.Path, " ", f.Size, " ", f.SHA256.Digest().Short())
		if f.Err != nil {
			line = f.Path + " error"
		}
		lines = append(lines, line)
	}
	want := []string{
		"a.jpg 1 " + sha("a").Short(), "a/c.jpg 1 " + sha("c").Short(), "b.jpg 1 " + sha("b").Short(), "broken.jpg error",
		"elsewhere/in.jpg 1 " + sha("i").Short(), "folder.jpg error", "z.jpg 3 " + sha("one").Short(),
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
	if _, err := s.Files().Tree(t.Context(), filepath.Join(root, "nowhere"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Files().Tree(ctx, root, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestFilesAreRemembered follows the memo of digests through two processes' life.
func TestFilesAreRemembered(t *testing.T) {
	t.Parallel()
	root := photos(t, map[string]string{"a": "a", "b": "b", "gone": "g"})
	dir := t.TempDir()
	s := open(t, dir)
	file := func(s *Store, name string) Digest {
		d, err := s.Files().File(t.Context(), filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		}
		return d
	}
	file(s, "a")
	if len(entries(s.Files().memo)) != 0 {
		t.Error("a file that changed just now is remembered")
	}
	age()
	for _, name := range []string{"a", "b", "gone"} {
		file(s, name)
	}
	poison(s.Files())
	if err := s.Files().Save(t.Context()); err != nil {
		t.Fatal(err)
	}

	next := open(t, dir)
	if got := file(next, "a"); got != sha("poison") {
		t.Errorf("an unchanged file was read again: %s", got)
	}
	put(t, filepath.Join(root, "a"), "A") // same size
	if got := file(next, "a"); got != sha("A") {
		t.Errorf("a changed file was not read: %s", got)
	}
	if err := os.Remove(filepath.Join(root, "gone")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(root, "c"), "c")
	age()
	file(next, "c")
	other := open(t, dir) // another process remembers something else meanwhile
	if got := file(other, "a"); got != sha("A") {
		t.Error(got)
	}
	for _, s := range []*Store{next, other} {
		if err := s.Files().Save(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := stored(dir); err != nil || len(m) != 3 {
		t.Errorf("%d entries, wanted a, b, c; %v", len(m), err)
	}

	put(t, filepath.Join(dir, memoFile), "garbage")
	last := open(t, dir)
	if got := file(last, "b"); got != sha("b") || len(last.Warnings()) != 1 {
		t.Errorf("with a damaged memo: %s", got)
	}
	if err := last.Files().Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, err := stored(dir); err != nil || len(m) != 1 {
		t.Errorf("%v, %v", m, err)
	}
}

// entries are those of a memo by path.
func entries(m *memo) map[string]memoEntry {
	out := map[string]memoEntry{}
	for n, e := range m.all() {
		out[string(m.names.path(n))] = *e
	}
	return out
}

// memoOf makes a memo.
func memoOf(entries map[string]memoEntry) *memo {
	m := newMemo()
	for path, e := range entries {
		e.known = true
		*m.entries.at(m.names.number(path)) = e
	}
	return m
}

// stored are the entries that lie in a store.
func stored(dir string) (map[string]memoEntry, error) {
	m := newMemo()
	err := m.take(filepath.Join(dir, memoFile))
	return entries(m), err
}

// decoded are the entries of a memo's bytes.
func decoded(b []byte) (map[string]memoEntry, error) {
	m := newMemo()
	err := m.decode(b)
	return entries(m), err
}

// TestMemoRoundTrip draws memos.
func TestMemoRoundTrip(t *testing.T) {
	entry := rapid.Custom(func(t *rapid.T) memoEntry {
		return memoEntry{known: true, sum: sum(rapid.String().Draw(t, "content")), stamp: stamp{
			Size: rapid.Int64().Draw(t, "size"), Mtime: rapid.Int64().Draw(t, "mtime"), Ctime: rapid.Int64().Draw(t, "ctime"), Inode: rapid.Uint64().Draw(t, "inode"),
		}}
	})
	memos := rapid.MapOf(rapid.StringMatching(`(/[ab]{0,3}|é){0,4}`), entry)
	rapid.Check(t, func(t *rapid.T) {
		m := memos.Draw(t, "memo")
		got, err := decoded(encodeMemo(memoOf(m)))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Fatal(got, err)
		}
	})
}

// TestPathsAreNumbered: equal paths have equal numbers, whatever their length and how many have the same hash.
func TestPathsAreNumbered(t *testing.T) {
	for _, collide := range []bool{false, true} {
		p := newPaths()
		rapid.Check(t, func(t *rapid.T) {
			path := rapid.StringMatching(`(/[ab]{0,2}){0,4}`).Draw(t, "path")
			if rapid.IntRange(0, 9).Draw(t, "long") == 0 {
				path = strings.Repeat(path+"/", textBlock/2)
			}
			if h := maphash.String(p.seed, path); collide && p.first[h] == 0 {
				p.first[h] = p.count // as if the newest path had this hash too
			}
			n := p.number(path)
			if string(p.path(n)) != path || p.number(path) != n {
				t.Fatalf("%q has number %d, which is of %q", path, n, p.path(n))
			}
		})
	}
}

// FuzzMemo wants no input to crash the reader, and every memo it takes to be one that is written so.
func FuzzMemo(f *testing.F) {
	f.Add([]byte(memoMagic))
	good := encodeMemo(memoOf(map[string]memoEntry{"/a": {sum: sum("a")}, "/ab": {sum: sum("b"), stamp: stamp{Size: 1}}}))
	f.Add(good[len(memoMagic) : len(good)-sha256.Size])
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append([]byte(memoMagic), body...)
		sum := sha256.Sum256(b) // or nothing would get past the check of the bytes
		m, err := decoded(append(b, sum[:]...))
		if err != nil {
			if len(m) != 0 {
				t.Fatalf("%d entries of a damaged memo", len(m))
			}
			return
		}
		again, err := decoded(encodeMemo(memoOf(m)))
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Fatal(err)
		}
	})
}

// BenchmarkMemo loads the memo of 250,000 files.
func BenchmarkMemo(b *testing.B) {
	m := newMemo()
	for i := range 250_000 {
		*m.entries.at(m.names.number(fmt.Sprintf("/data/deepfashion2/train/image/%06d.jpg", i))) = memoEntry{known: true, sum: sum(fmt.Sprint(i)), stamp: stamp{
			Size: 40_000 + int64(i), Mtime: 1_700_000_000_000_000_000 + int64(i)*1e6, Ctime: 1_700_000_000_000_000_000 + int64(i)*1e6, Inode: uint64(i)}}
	}
	bytes := encodeMemo(m)
	for b.Loop() {
		if err := newMemo().decode(bytes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(bytes))/1e6, "MB")
}

// TestWatch compares what two watches saw.
func TestWatch(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, root string)
		want   string
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"read", func(t *testing.T, root string) { _, _ = os.ReadFile(filepath.Join(root, "a")) }, ""},
		{"same bytes", func(t *testing.T, root string) { put(t, filepath.Join(root, "b"), "b") }, "b"},
		{"other bytes", func(t *testing.T, root string) { put(t, filepath.Join(root, "b"), "B") }, "b"},
		{"new", func(t *testing.T, root string) { put(t, filepath.Join(root, "0"), "") }, "0"},
		{"gone", func(t *testing.T, root string) {
			if err := os.Remove(filepath.Join(root, "a")); err != nil {
				t.Fatal(err)
			}
		}, "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := photos(t, map[string]string{"a": "a", "b": "b"})
			s := open(t, t.TempDir())
			watch := func() *Files {
				f := s.Files().Watch()
				if _, err := f.Tree(t.Context(), root, nil); err != nil {
					t.Fatal(err)
				}
				return f
			}
			before := watch()
			time.Sleep(tick)
			tt.change(t, root)
			want := tt.want
			if want != "" {
				want = filepath.Join(root, want)
			}
			if got := watch().Changed(before); got != want {
				t.Errorf("got %q, wanted %q", got, want)
			}
		})
	}
}

// TestShows wants a file remembered by the time its reading began, not by when it ended: a change during the reading
// of a file that was new then may not show.
func TestShows(t *testing.T) {
	at := time.Unix(1_000_000, 0)
	for _, tt := range []struct {
		mtime, ctime time.Duration // before the reading
		want         bool
	}{{time.Hour, 3 * time.Second, true}, {time.Hour, racy, false}, {time.Second, time.Second, false}, {time.Hour, -time.Hour, false}, {time.Second, time.Hour, false}} {
		s := stamp{Mtime: at.Add(-tt.mtime).UnixNano(), Ctime: at.Add(-tt.ctime).UnixNano()}
		if got := s.shows(at); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}
