package smallfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fashionpipe/internal/smallfile"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(o *smallfile.Opener, path string) (string, error) {
	f, err := o.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// Files of several folders are read by one Opener, in any order, and what is wrong is said with the whole path.
func TestOpener(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "a", "1"), "one")
	write(t, filepath.Join(root, "a", "2"), "")
	write(t, filepath.Join(root, "b", "1"), "another one")
	if err := os.Symlink(filepath.Join(root, "b", "1"), filepath.Join(root, "a", "link")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	var o smallfile.Opener
	defer o.Close()
	for _, c := range []struct {
		path, text string
		err        error
	}{
		{"a/1", "one", nil}, {"a/2", "", nil}, {"b/1", "another one", nil}, {"a/link", "another one", nil}, {"a/none", "", fs.ErrNotExist},
		{"none/1", "", fs.ErrNotExist}, {"a/1/x", "", errors.New("not a directory")}, {"a/1", "one", nil}, {"a/", "", errors.New("is a directory")},
	} {
		for _, path := range []string{filepath.Join(root, c.path), c.path} {
			if c.path == "a/" {
				path += "/"
			}
			text, err := read(&o, path)
			st, statErr := o.Stat(path)
			var where *fs.PathError
			switch {
			case c.err == nil && (err != nil || statErr != nil || text != c.text || st.Size != int64(len(c.text))):
				t.Errorf("%s: %q, %v; %d bytes, %v", path, text, err, st.Size, statErr)
			case c.err != nil && (!errors.As(err, &where) || where.Path != path || where.Err.Error() != c.err.Error() && !errors.Is(err, c.err)):
				t.Errorf("%s: %v, want %v", path, err, c.err)
			}
		}
	}
}

// A folder whose names may not be read may still have files that may.
func TestUnlistedFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is forbidden to root")
	}
	dir := filepath.Join(t.TempDir(), "d")
	write(t, filepath.Join(dir, "1"), "one")
	if err := os.Chmod(dir, 0o100); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700) //nolint:errcheck // the folder is thrown away
	var o smallfile.Opener
	defer o.Close()
	if text, err := read(&o, filepath.Join(dir, "1")); err != nil || text != "one" {
		t.Errorf("%q, %v", text, err)
	}
}

// No descriptor stays open.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "1"), "one")
	open := func() int {
		list, err := os.ReadDir("/dev/fd")
		if err != nil {
			t.Skip(err)
		}
		return len(list)
	}
	before := open()
	for range 100 {
		var o smallfile.Opener
		if _, err := read(&o, filepath.Join(dir, "1")); err != nil {
			t.Fatal(err)
		}
		o.Close()
		o.Close()
	}
	if after := open(); after > before+50 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
