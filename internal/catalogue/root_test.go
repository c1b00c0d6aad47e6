package catalogue_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
)

func TestRoot(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Chdir(home)
	for in, want := range map[string]string{"~/photos": filepath.Join(home, "photos"), "photos/": filepath.Join(home, "photos"), "/a/../b": "/b", "~x": filepath.Join(home, "~x")} {
		if got, err := catalogue.Root(in); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", in, got, err, want)
		}
	}
}

// Only the split is walked, and paths start at the root all the same.
func TestListWalksTheSplitOnly(t *testing.T) {
	root := t.TempDir()
	for _, split := range []string{"", "a/b", "none"} {
		dir := filepath.Join(root, filepath.FromSlash(split))
		if split == "a/b" {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		walked := ""
		files, err := catalogue.List(t.Context(), func(_ context.Context, dir string, keep func(string) bool) ([]catalogue.File, error) {
			walked = dir
			if keep("x.txt") || !keep("x.jpg") {
				t.Error("keep is not asked")
			}
			return []catalogue.File{{Path: "x.jpg"}}, nil
		}, root, split, catalogue.IsPhoto)
		switch {
		case err != nil:
			t.Error(err)
		case split == "none":
			if walked != "" || len(files) != 0 {
				t.Errorf("walked %q, %v", walked, files)
			}
		case walked != dir || len(files) != 1 || files[0].Path != strings.TrimPrefix(split+"/x.jpg", "/"):
			t.Errorf("split %q: walked %s, %v", split, walked, files)
		}
	}
	bad := errors.New("bad disk")
	fails := func(context.Context, string, func(string) bool) ([]catalogue.File, error) { return nil, bad }
	if _, err := catalogue.List(t.Context(), fails, root, "", catalogue.IsPhoto); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
}

func TestSelect(t *testing.T) {
	row := func(path, class string, pair int64) formats.Photo {
		return formats.Photo{Labels: formats.Labels{ID: path, Path: path, Category: class, PairID: pair}}
	}
	test := func(share float64) catalogue.Subset { return catalogue.Subset{Part: catalogue.Test, Test: share} }
	rows := []formats.Photo{row("1", "hat", 1), row("2", "shoe", 1), row("3", "hat", 2), row("4", "hat", 2)}
	rejects := []formats.Reject{{Path: "0.jpg", Reason: "the file is empty"}}
	for _, c := range []struct {
		rows  []formats.Photo
		f     catalogue.Filter
		sub   catalogue.Subset
		limit int
		want  string
	}{
		{rows, catalogue.Filter{}, catalogue.Subset{}, 0, "4, in 2 categories"},
		{rows, catalogue.Filter{Categories: []string{"hat"}}, catalogue.Subset{}, 0, "3 of 4, in 1 category"},
		{rows, catalogue.Filter{Categories: []string{"bag"}}, catalogue.Subset{}, 0, "none of 4 rows passes the filters; categories there are: hat, shoe"},
		{rows, catalogue.Filter{}, catalogue.Subset{}, 1, "limit 1 is smaller than every group"},
		{rows, catalogue.Filter{}, test(1), 0, "4, in 2 categories"},
		{rows, catalogue.Filter{}, test(1e-9), 0, "none of the photos is drawn for subset test: make its share larger, or set another seed"},
		{rows, catalogue.Filter{Categories: []string{"bag"}}, test(1), 0, "none of 4 rows passes the filters"},
		{nil, catalogue.Filter{}, catalogue.Subset{}, 0, "all photos are unusable; the first of 1: 0.jpg: the file is empty"},
	} {
		s := catalogue.NewSelector(c.f, c.sub, c.limit, 1)
		for _, r := range c.rows {
			s.Add(&r)
		}
		err := s.Choose(rejects)
		got := s.String()
		if err != nil {
			got = err.Error()
		}
		if kept, _ := s.Kept(); !strings.HasPrefix(got, c.want) || (err != nil) != (kept == 0) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestCheckFolder: a folder that can't be read is the reason why there are no photos, if there are none.
func TestCheckFolder(t *testing.T) {
	root := t.TempDir()
	denied := catalogue.File{Path: "dress", Err: &os.PathError{Op: "open", Path: root + "/dress", Err: os.ErrPermission}}
	for want, files := range map[string][]catalogue.File{
		"":                                       {denied, {Path: "hat/a.jpg"}},
		"dress can't be read: permission denied": {denied},
		"it holds nothing":                       nil,
	} {
		err := catalogue.CheckFolder(root, "", files)
		if (err != nil) != (want != "") || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q, wanted %q", err, want)
		}
	}
}
