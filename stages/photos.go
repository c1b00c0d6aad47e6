package stages

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	"fashionpipe/internal/deepfashion2"
	"fashionpipe/internal/giveup"
)

func photosKind() *dag.Kind {
	return &dag.Kind{
		Name: "photos", Version: 4, Out: Photos, Check: formats.CheckPhotos, Diff: diffPhotos,
		Summary: "Catalogues the photos of a data set or a folder",
		Doc: `Lists photos, reads what is known about each, applies the filters, and optionally takes a subset or a
sample.

layout: deepfashion2 expects SPLIT/image/000001.jpg and SPLIT/annos/000001.json below root. A row is a photo, with the
labels and the box of the item whose box is largest, and the outlines of all items; with items: true a row is an item.
The test split, which is released without annotations, gives rows without labels. Broken annotations are left out and
listed with the reason: only the item if the rest of the photo's annotation is valid, else the photo.

layout: folder takes any folder of photos. The first folder below root is a photo's class; photos in a flat folder
have none. If the top level contains only folders named train, validation, val, valid or test, these are splits, and
the classes are the folders below them.

subset keeps one part of the photos: test has test_size of them, validation has validation_size, train the rest.
Stages with the same sizes and seed divide the photos in the same way, so their subsets do not overlap and together
are complete; if a sweep varies the experiment's seed, give these stages a fixed seed of their own. Photos with the
same pair_id are in the same subset; without pairs, copies of the same file are. (With layout: folder, pipe cannot
know which other photos show the same garment.) A photo's subset depends only on the seed and on its content or its
pair: when a folder grows or photos are renamed, none moves from test to train. Sizes are therefore met in
expectation, in total and in each class, but not exactly: 0.2 of 1,000 photos is 200 ± 13. A warning names classes of
which the subset has no photo.

limit keeps at most that many rows, sampled with the seed: photos with the same pair_id stay together; without pairs,
each class keeps its share. Filters and subset are applied first. As a folder grows, photos in the sample stay in it
as far as the limit allows. The photos themselves are not copied. The key holds their content, not the location of the
folder.

The artifact holds photos.parquet (a row per photo or item, sorted by path, with the file's SHA-256) and
rejects.parquet (path, reason).`,
		Example: `photos:
  uses: photos
  with: {root: /data/deepfashion2, layout: deepfashion2, split: train}
train:
  uses: photos
  with: {root: photos, layout: folder, test_size: 0.2, subset: train}
test:
  uses: photos
  with: {root: photos, layout: folder, test_size: 0.2, subset: test}`,
		In:  []dag.Port{{Name: "files", Type: Files, Optional: true, Doc: "a data set made by a stage, in place of root"}},
		New: func() dag.Stage { return &photos{Layout: "deepfashion2"} },
	}
}

type photos struct {
	Root       string   `param:"root,exec" doc:"folder of the data set (~/ is the home folder); or connect the port files"`
	Layout     string   `param:"layout" enum:"deepfashion2|folder" doc:"layout of the folder"`
	Split      string   `param:"split" doc:"deepfashion2: train, validation or test; folder: a subfolder of root, empty for all"`
	Items      bool     `param:"items" doc:"one row per annotated item instead of per photo"`
	Subset     string   `param:"subset" enum:"|train|validation|test" doc:"which part to keep, as divided by test_size and validation_size; empty keeps all"`
	TestSize   float64  `param:"test_size" doc:"fraction of the photos in subset test, 0 to 1"`
	ValidSize  float64  `param:"validation_size" doc:"fraction of the photos in subset validation, 0 to 1"`
	Limit      int      `param:"limit" doc:"maximum number of rows, sampled with the seed; 0 keeps all"`
	Sources    []string `param:"sources" enum:"user|shop" doc:"keep these sources; empty keeps all"`
	Categories []string `param:"categories" doc:"keep these categories; empty keeps all"`
	Scale      []int    `param:"scale" doc:"keep these levels (1 small, 2 modest, 3 large); empty keeps all"`
	Occlusion  []int    `param:"occlusion" doc:"keep these levels (1 slight, 2 medium, 3 heavy); empty keeps all"`
	ZoomIn     []int    `param:"zoom_in" doc:"keep these levels (1 none, 2 medium, 3 large); empty keeps all"`
	Viewpoint  []int    `param:"viewpoint" doc:"keep these levels (1 not worn, 2 front, 3 side or back); empty keeps all"`
}

func (s *photos) UsesSeed() bool { return s.Limit > 0 || s.Subset != "" }

func (s *photos) Validate() error {
	if s.Limit < 0 {
		return &dag.ParamError{Param: "limit", Msg: fmt.Sprintf("must be 0 (all) or more, not %d", s.Limit)}
	}
	if err := s.validateSubset(); err != nil {
		return err
	}
	if s.Layout == "folder" {
		return s.validateFolder()
	}
	if !slices.Contains([]string{"train", "validation", "test"}, s.Split) {
		return &dag.ParamError{Param: "split", Msg: fmt.Sprintf("must be train, validation or test for layout deepfashion2, not %q", s.Split)}
	}
	for _, c := range s.Categories {
		if !slices.Contains(deepfashion2.Categories[:], c) {
			return &dag.ParamError{Param: "categories", Msg: fmt.Sprintf("%q is none of DeepFashion2's: %s", c, strings.Join(deepfashion2.Categories[:], ", "))}
		}
	}
	for _, p := range s.levels() {
		for _, l := range p.keep {
			if l < 1 || l > 3 {
				return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("has levels 1, 2 and 3, not %d", l)}
			}
		}
	}
	return nil
}

// validateSubset refuses shares without a choice among them, and a choice of nothing.
func (s *photos) validateSubset() error {
	for _, p := range []struct {
		name, part string
		share      float64
	}{{"test_size", catalogue.Test, s.TestSize}, {"validation_size", catalogue.Validation, s.ValidSize}} {
		switch {
		case !(p.share >= 0 && p.share < 1):
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be a share from 0 to less than 1, such as 0.2, not %v", p.share)}
		case p.share > 0 && s.Subset == "":
			return &dag.ParamError{Param: p.name, Msg: "divides the photos: set subset to the part that this stage takes, train, validation or test"}
		case p.share == 0 && s.Subset == p.part:
			return &dag.ParamError{Param: "subset", Msg: fmt.Sprintf("takes %s, which has no photos: set %s to its share, such as 0.2", p.part, p.name)}
		}
	}
	switch {
	case s.TestSize+s.ValidSize >= 1:
		return &dag.ParamError{Param: "validation_size", Msg: fmt.Sprintf("and test_size are %v together, which leaves nothing for subset: train", s.TestSize+s.ValidSize)}
	case s.Subset != "" && s.TestSize+s.ValidSize == 0:
		return &dag.ParamError{Param: "subset", Msg: "takes one part of the photos, and nothing divides them: set test_size or validation_size to a share, such as 0.2"}
	}
	return nil
}

// levels lists the filters by variation, in the order people know the parameters.
func (s *photos) levels() []levelFilter {
	return []levelFilter{{"scale", s.Scale}, {"occlusion", s.Occlusion}, {"zoom_in", s.ZoomIn}, {"viewpoint", s.Viewpoint}}
}

type levelFilter struct {
	name string
	keep []int
}

// validateFolder refuses what only annotations can tell.
func (s *photos) validateFolder() error {
	const msg = "needs annotations, which layout folder has none of"
	if s.Items {
		return &dag.ParamError{Param: "items", Msg: msg}
	}
	if len(s.Sources) > 0 {
		return &dag.ParamError{Param: "sources", Msg: msg}
	}
	for _, p := range s.levels() {
		if len(p.keep) > 0 {
			return &dag.ParamError{Param: p.name, Msg: msg}
		}
	}
	if s.Split != "" && (!filepath.IsLocal(s.Split) || s.Split != filepath.ToSlash(filepath.Clean(s.Split))) {
		return &dag.ParamError{Param: "split", Msg: fmt.Sprintf("must be a folder below root, not %q", s.Split)}
	}
	return nil
}

// ValidatePorts asks for photos from one place, not none and not two.
func (s *photos) ValidatePorts(connected map[string]int) error {
	switch made := connected["files"] > 0; {
	case made && s.Root != "":
		return &dag.ParamError{Param: "root", Msg: "can't go with the connected port files: photos come from one of them, so drop the other"}
	case !made && s.Root == "":
		return &dag.ParamError{Param: "root", Msg: "must name the folder of photos, or the port files be connected to a stage that makes them (in: {files: STAGE})"}
	}
	return nil
}

// Externals implements dag.External.
func (s *photos) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	if s.Root == "" {
		return nil, nil // the photos come by the port
	}
	root, err := catalogue.Root(s.Root)
	if err != nil {
		return nil, err
	}
	found, err := s.list(ctx, files, root)
	if err != nil {
		return nil, err
	}
	return map[string]dag.Digest{"root": dag.Digest(catalogue.Digest(found))}, nil
}

// Source implements dag.Locator.
func (s *photos) Source(in dag.Inputs) (string, error) {
	if made, connected := in.One("files"); connected {
		return made.Dir, nil
	}
	return catalogue.Root(s.Root)
}

// Run implements dag.Stage.
func (s *photos) Run(ctx context.Context, t *dag.Task) error {
	root, err := s.Source(t.In)
	if err != nil {
		return err
	}
	files, err := s.list(ctx, t.Files, root)
	if err != nil {
		return err
	}
	w, err := formats.NewPhotoWriter(t.Out)
	if err != nil {
		return err
	}
	chosen, rejects, err := s.write(ctx, t, w, root, files)
	if err != nil {
		return errors.Join(err, w.Abandon())
	}
	if err := w.Close(rejects); err != nil {
		return err
	}
	t.Resultf("photos", "%s", chosen)
	if kept, passed := chosen.Kept(); s.Limit > kept && kept == passed {
		t.Warnf("limit", "%d rows asked for, there are only %d", s.Limit, passed)
	}
	if missing := chosen.Missing(); len(missing) > 0 {
		t.Warnf("subset", "%s has no photo of %s: these categories are small", s.Subset, strings.Join(missing, ", "))
	}
	if len(rejects) > 0 {
		t.Warnf("rejected", "%d photos or items left out; the first: %s: %s", len(rejects), rejects[0].Path, rejects[0].Reason)
	}
	return nil
}

// write reads all rows, and writes those that pass the filter, are in the subset and are chosen. Rows are never kept: so where there is a limit
// to choose by, the photos chosen are read a second time.
func (s *photos) write(ctx context.Context, t *dag.Task, w *formats.PhotoWriter, root string, files []catalogue.File) (*catalogue.Selector, []formats.Reject, error) {
	filter := catalogue.Filter{Sources: s.Sources, Categories: s.Categories, Scale: s.Scale, Occlusion: s.Occlusion, ZoomIn: s.ZoomIn, Viewpoint: s.Viewpoint}
	chosen := catalogue.NewSelector(filter, catalogue.Subset{Part: s.Subset, Test: s.TestSize, Validation: s.ValidSize}, s.Limit, t.Seed)
	rejects, err := s.read(ctx, t, root, files, func(p formats.Photo) error {
		if passed := chosen.Add(&p); !passed || s.Limit > 0 {
			return nil
		}
		return w.Append(p)
	})
	if err != nil {
		return nil, nil, err
	}
	paths, err := giveup.Do(ctx, func() (map[string]bool, error) { // choosing among millions takes seconds
		err := chosen.Choose(rejects)
		return chosen.Paths(), err
	}, nil)
	if err != nil || s.Limit == 0 {
		return chosen, rejects, err
	}
	some := slices.DeleteFunc(slices.Clone(files), func(f catalogue.File) bool { return catalogue.IsPhoto(f.Path) && !paths[f.Path] })
	_, err = s.read(ctx, t, root, some, func(p formats.Photo) error {
		if !chosen.Keeps(&p) {
			return nil
		}
		return w.Append(p)
	})
	return chosen, rejects, err
}

// list gives the files that the layout reads, sorted by path.
func (s *photos) list(ctx context.Context, files dag.Files, root string) ([]catalogue.File, error) {
	keep, check := func(rel string) bool { return deepfashion2.Keep(s.Split, rel) }, deepfashion2.Check
	if s.Layout == "folder" {
		keep, check = catalogue.IsPhoto, catalogue.CheckFolder
	}
	found, err := catalogue.List(ctx, tree(files), root, s.Split, keep)
	if err != nil {
		return nil, err
	}
	return found, check(root, s.Split, found)
}

// tree has files digested by the engine.
func tree(files dag.Files) catalogue.Tree {
	return func(ctx context.Context, dir string, keep func(string) bool) ([]catalogue.File, error) {
		found, err := files.Tree(ctx, dir, keep)
		list := make([]catalogue.File, len(found))
		for i, f := range found {
			list[i] = catalogue.File{Path: f.Path, Bytes: f.Size, SHA256: f.SHA256, Err: f.Err}
		}
		return list, err
	}
}

// read hands all rows of files to use, in the order of their paths, and gives what was left out.
func (s *photos) read(ctx context.Context, t *dag.Task, root string, files []catalogue.File, use func(formats.Photo) error) ([]formats.Reject, error) {
	if s.Layout == "folder" {
		type table struct {
			rows    []formats.Photo
			rejects []formats.Reject
		}
		all, err := giveup.Do(ctx, func() (table, error) { // of millions it takes seconds
			rows, rejects := catalogue.Folder(files, s.Split)
			return table{rows, rejects}, nil
		}, nil)
		if err != nil {
			return nil, err
		}
		for i, p := range all.rows {
			if i%4096 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := use(p); err != nil {
				return nil, err
			}
		}
		return all.rejects, nil
	}
	begin := func(n int) { t.Report.Start(n, "photos") }
	return deepfashion2.Read(ctx, root, files, deepfashion2.Options{Split: s.Split, Items: s.Items, Workers: t.Workers, Begin: begin, Done: t.Report.Add}, use)
}
