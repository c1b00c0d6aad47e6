package stages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// plainFiles digests files and remembers nothing.
type plainFiles struct{}

func (plainFiles) File(_ context.Context, path string) (dag.Digest, error) {
	data, err := os.ReadFile(path)
	sum := sha256.Sum256(data)
	return dag.Digest(hex.EncodeToString(sum[:])), err
}

func (f plainFiles) Tree(ctx context.Context, root string, keep func(string) bool) ([]dag.File, error) {
	var files []dag.File
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, p)
		if err != nil || d.IsDir() || !keep(filepath.ToSlash(rel)) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		files = append(files, dag.File{Path: filepath.ToSlash(rel), Size: info.Size(), SHA256: sha256.Sum256(data), Err: err})
		return nil
	})
	slices.SortFunc(files, func(a, b dag.File) int { return strings.Compare(a.Path, b.Path) })
	return files, err
}

// runSource validates and runs a stage that reads files.
func runSource(t *testing.T, s dag.Stage, in dag.Inputs, seed uint64, workers int) (string, *noteTaker, error) {
	t.Helper()
	notes := &noteTaker{}
	if err := s.(dag.Validator).Validate(); err != nil {
		return "", notes, err
	}
	out := t.TempDir()
	err := s.Run(t.Context(), &dag.Task{In: in, Out: out, Seed: seed, Workers: workers, Files: plainFiles{}, Report: notes})
	return out, notes, err
}

// synthesise draws a small data set with the kind synth.
func synthesise(t *testing.T) dag.Artifact {
	t.Helper()
	s := synthKind().New().(*synthStage)
	s.Count, s.Width, s.Height = 40, 120, 160
	dir, _, err := runSource(t, s, nil, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Files, Dir: dir}
}

func realPhotos(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../shared/data/clothing")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(root); err != nil {
		t.Skip("no real photos beside the repository: ", err)
	}
	return root
}

func TestDrawnDataSetIsCataloguedWhole(t *testing.T) {
	made := synthesise(t)
	for _, split := range []string{"train", "validation"} {
		for _, items := range []bool{false, true} {
			s := photosKind().New().(*photos)
			s.Split, s.Items = split, items
			out, notes, err := runSource(t, s, dag.Inputs{"files": {made}}, 0, 2)
			if err != nil {
				t.Fatal(err)
			}
			if err := formats.CheckPhotos(out); err != nil {
				t.Error(err)
			}
			rows, err := formats.ReadPhotos(out)
			if err != nil {
				t.Fatal(err)
			}
			rejects, err := formats.ReadRejects(out)
			if err != nil || len(rejects) != 0 || len(rows) == 0 || notes.text("rejected") != "" {
				t.Fatalf("%d rows, rejects %v, %v", len(rows), rejects, err)
			}
			for _, r := range rows {
				if r.Category == "" || r.PairID == 0 || len(r.Box) != 4 || len(r.SHA256) != 64 || r.Split != split {
					t.Fatalf("%+v", r)
				}
			}
			if src, err := s.Source(dag.Inputs{"files": {made}}); err != nil || src != made.Dir {
				t.Errorf("source %q, %v", src, err)
			}
		}
	}
}

func TestPhotosFromRootOrPort(t *testing.T) {
	made := synthesise(t)
	s := photosKind().New().(*photos)
	s.Split = "train"
	for _, c := range []struct {
		root  string
		files int
		want  string
	}{
		{"", 0, "root: must name the folder of photos, or the port files be connected"},
		{made.Dir, 1, "root: can't go with the connected port files"},
		{made.Dir, 0, ""},
		{"", 1, ""},
	} {
		s.Root = c.root
		err := s.ValidatePorts(map[string]int{"files": c.files})
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("root %q, %d at the port: got %v, want %q", c.root, c.files, err, c.want)
		}
	}
	s.Root = filepath.Join(made.Dir, "nowhere")
	if _, err := s.Externals(t.Context(), plainFiles{}); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("missing root: %v", err)
	}
	s.Root = filepath.Dir(made.Dir)
	if _, err := s.Externals(t.Context(), plainFiles{}); err == nil || !strings.Contains(err.Error(), "root should be "+made.Dir) {
		t.Errorf("root too high: %v", err)
	}
}

// The key holds the content of the split that is read, and nothing else.
func TestExternalsAreTheContentRead(t *testing.T) {
	made := synthesise(t)
	s := photosKind().New().(*photos)
	s.Root, s.Split = made.Dir, "train"
	digest := func() dag.Digest {
		d, err := s.Externals(t.Context(), plainFiles{})
		if err != nil || len(d["root"]) != 64 || len(d) != 1 {
			t.Fatalf("%v, %v", d, err)
		}
		return d["root"]
	}
	before := digest()
	for rel, changes := range map[string]bool{"train/image/.hidden.jpg": false, "validation/image/new.jpg": false, "readme.txt": false, "train/image/999999.jpg": true} {
		path := filepath.Join(made.Dir, filepath.FromSlash(rel))
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if (digest() != before) != changes {
			t.Errorf("%s: the digest changes: %v", rel, !changes)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// A digest is of the split's content, wherever the split lies and however root leads there.
func TestDigestDoesNotDependOnTheWay(t *testing.T) {
	made := synthesise(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(home, "linked"), 0o700))
	must(os.Symlink(made.Dir, filepath.Join(home, "root")))
	must(os.Symlink(filepath.Join(made.Dir, "train"), filepath.Join(home, "linked", "train")))
	must(os.CopyFS(filepath.Join(home, "copied", "train"), os.DirFS(filepath.Join(made.Dir, "train"))))
	t.Chdir(home)
	for layout, split := range map[string]string{"deepfashion2": "train", "folder": "train/image"} {
		var first dag.Digest
		for _, root := range []string{made.Dir, made.Dir + "/.", filepath.Join(home, "root"), "~/root", "root", "~/linked", "copied"} {
			s := photosKind().New().(*photos)
			s.Root, s.Layout, s.Split = root, layout, split
			must(s.Validate())
			d, err := s.Externals(t.Context(), plainFiles{})
			must(err)
			if first == "" {
				first = d["root"]
			}
			if d["root"] != first || len(d["root"]) != 64 {
				t.Errorf("%s from %s: digest %s, want %s", layout, root, d["root"], first)
			}
		}
	}
}

func TestSplitWithoutAnnotations(t *testing.T) {
	made := synthesise(t)
	for split, want := range map[string]string{"train": "unpack the annotations too, or say layout: folder and split: train/image", "validation": "no annotations", "test": ""} {
		root := t.TempDir()
		if err := os.CopyFS(filepath.Join(root, split, "image"), os.DirFS(filepath.Join(made.Dir, "train", "image"))); err != nil {
			t.Fatal(err)
		}
		s := photosKind().New().(*photos)
		s.Root, s.Split = root, split
		_, err := s.Externals(t.Context(), plainFiles{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", split, err, want)
		}
		if _, _, ran := runSource(t, s, nil, 0, 1); (ran == nil) != (want == "") {
			t.Errorf("%s: the run gives %v", split, ran)
		}
	}
}

func TestPhotosRefuses(t *testing.T) {
	for _, c := range []struct {
		set  func(*photos)
		want string
	}{
		{func(s *photos) { s.Limit = -1 }, "limit: must be 0 (all) or more, not -1"},
		{func(s *photos) { s.Split = "val" }, `split: must be train, validation or test for layout deepfashion2, not "val"`},
		{func(s *photos) { s.Categories = []string{"hat"} }, `categories: "hat" is none of DeepFashion2's: short sleeve top`},
		{func(s *photos) { s.ZoomIn = []int{4} }, "zoom_in: has levels 1, 2 and 3, not 4"},
		{func(s *photos) { s.Scale, s.Occlusion, s.ZoomIn, s.Viewpoint = []int{0}, []int{0}, []int{0}, []int{0} }, "scale: has levels"},
		{func(s *photos) { s.TestSize = 0.2 }, "test_size: divides the photos: set subset to the part that this stage takes, train, validation or test"},
		{func(s *photos) { s.ValidSize = 0.2 }, "validation_size: divides the photos"},
		{func(s *photos) { s.Subset, s.TestSize = "train", 20 }, "test_size: must be a share from 0 to less than 1, such as 0.2, not 20"},
		{func(s *photos) { s.Subset, s.ValidSize = "train", -0.1 }, "validation_size: must be a share from 0 to less than 1"},
		{func(s *photos) { s.Subset = "train" }, "subset: takes one part of the photos, and nothing divides them: set test_size"},
		{func(s *photos) { s.Subset, s.ValidSize = "test", 0.2 }, "subset: takes test, which has no photos: set test_size to its share"},
		{func(s *photos) { s.Subset, s.TestSize = "validation", 0.2 }, "subset: takes validation, which has no photos: set validation_size"},
		{func(s *photos) { s.Subset, s.TestSize, s.ValidSize = "train", 0.5, 0.5 }, "validation_size: and test_size are 1 together, which leaves nothing for subset: train"},
		{func(s *photos) { s.Layout, s.Items = "folder", true }, "items: needs annotations"},
		{func(s *photos) { s.Layout, s.Scale = "folder", []int{1} }, "scale: needs annotations"},
		{func(s *photos) { s.Layout, s.Split = "folder", "../x" }, `split: must be a folder below root, not "../x"`},
	} {
		s := photosKind().New().(*photos)
		s.Split = "train"
		c.set(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestFilterThatKeepsNothing(t *testing.T) {
	made := synthesise(t)
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "hat"), os.DirFS(filepath.Join(made.Dir, "train", "image"))); err != nil {
		t.Fatal(err)
	}
	s := photosKind().New().(*photos)
	s.Root, s.Layout, s.Categories = root, "folder", []string{"shoes"}
	if _, _, err := runSource(t, s, nil, 0, 1); err == nil || !strings.Contains(err.Error(), "passes the filters; categories there are: hat") {
		t.Errorf("got %v", err)
	}
}

// idsOf runs the stage and gives the ids of its rows.
func idsOf(t *testing.T, s *photos, in dag.Inputs, seed uint64) []string {
	t.Helper()
	out, _, err := runSource(t, s, in, seed, 2)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := formats.ReadPhotos(out)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// subsets gives the ids of the three subsets of a folder.
func subsets(t *testing.T, root string) map[string][]string {
	t.Helper()
	of := map[string][]string{}
	for _, part := range []string{"train", "validation", "test"} {
		s := photosKind().New().(*photos)
		s.Root, s.Layout, s.Subset, s.TestSize, s.ValidSize = root, "folder", part, 0.3, 0.2
		if !s.UsesSeed() {
			t.Error("the seed that subsets are drawn from is not in the key")
		}
		of[part] = idsOf(t, s, nil, 3)
	}
	return of
}

// A folder that grows never moves a photo, and copies of a photo are on its side.
func TestSubsetsOfAGrowingFolder(t *testing.T) {
	root := t.TempDir()
	write := func(path, content string) {
		t.Helper()
		path = filepath.Join(root, filepath.FromSlash(path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		write(fmt.Sprintf("hat/%02d.jpg", i), fmt.Sprint(i))
	}
	before := subsets(t, root)
	if n := len(before["train"]) + len(before["validation"]) + len(before["test"]); n != 40 {
		t.Fatalf("%d of 40 photos in %v", n, before)
	}
	for i := range 40 {
		write(fmt.Sprintf("copies/%02d.jpg", i), fmt.Sprint(i))
		write(fmt.Sprintf("hat/9%02d.jpg", i), fmt.Sprint("new ", i))
	}
	for part, now := range subsets(t, root) {
		for _, id := range before[part] {
			if !slices.Contains(now, id) || !slices.Contains(now, strings.Replace(id, "hat/", "copies/", 1)) {
				t.Errorf("%s was in %s; now it or its copy is not", id, part)
			}
		}
		if copies := slices.DeleteFunc(now, func(id string) bool { return !strings.HasPrefix(id, "copies/") }); len(copies) != len(before[part]) {
			t.Errorf("%s has %d photos and %d copies", part, len(before[part]), len(copies))
		}
	}
}

// Pairs stay whole, and items of a photo together.
func TestSubsetsOfPairs(t *testing.T) {
	made := synthesise(t)
	part := map[int64]string{}
	rows := 0
	for _, subset := range []string{"train", "test"} {
		s := photosKind().New().(*photos)
		s.Split, s.Items, s.Subset, s.TestSize = "train", true, subset, 0.4
		out, _, err := runSource(t, s, dag.Inputs{"files": {made}}, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := formats.ReadPhotos(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got {
			if part[r.PairID] != "" && part[r.PairID] != subset {
				t.Errorf("pair %d is torn apart", r.PairID)
			}
			part[r.PairID] = subset
		}
		rows += len(got)
	}
	all := photosKind().New().(*photos)
	all.Split, all.Items = "train", true
	if n := len(idsOf(t, all, dag.Inputs{"files": {made}}, 1)); n != rows {
		t.Errorf("%d items in both subsets, %d in all", rows, n)
	}
}

func TestSubsetWithoutAClass(t *testing.T) {
	root := t.TempDir()
	for i := range 60 {
		dir := filepath.Join(root, []string{"hat", "rare"}[i/59])
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".jpg")), []byte{byte(i)}, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s := photosKind().New().(*photos)
	s.Root, s.Layout, s.Subset, s.TestSize = root, "folder", "test", 0.2
	_, notes, err := runSource(t, s, nil, 1, 1)
	if want := "test has no photo of rare: these categories are small"; err != nil || notes.text("subset") != want {
		t.Errorf("noted %q, want %q; %v", notes.text("subset"), want, err)
	}
}

func TestRealPhotos(t *testing.T) {
	root := realPhotos(t)
	s := photosKind().New().(*photos)
	s.Root, s.Layout, s.Limit = root, "folder", 50
	var first []formats.Photo
	for _, seed := range []uint64{1, 1, 2} {
		out, notes, err := runSource(t, s, nil, seed, 2)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := formats.ReadPhotos(out)
		if err != nil || len(rows) != 50 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if want := fmt.Sprintf("50 of %d, in 10 categories", 1461); notes.text("photos") != want {
			t.Errorf("noted %q, want %q", notes.text("photos"), want)
		}
		same := slices.EqualFunc(first, rows, func(a, b formats.Photo) bool { return a.ID == b.ID })
		if first != nil && same != (seed == 1) {
			t.Errorf("seed %d chooses the same as seed 1: %v", seed, same)
		}
		if first == nil {
			first = rows
		}
	}
}
