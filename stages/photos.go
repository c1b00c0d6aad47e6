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
)

func photosKind() *dag.Kind {
	return &dag.Kind{
		Name: "photos", Version: 1, Out: Photos, Check: formats.CheckPhotos,
		Summary: "Catalogue of the photos of a data set or a folder",
		Doc: `Lists photos, reads what is known of each, keeps those that pass the filters, and chooses among them.

layout: deepfashion2 expects SPLIT/image/000001.jpg and SPLIT/annos/000001.json below root. A row is one photo, with the
labels and the box of its item with the largest box; with items: true a row is one item. A split without annotations (the
released test photos) gives rows without labels. Annotations that are broken are left out and listed with the reason: the
item where only an item is broken, else the photo.

layout: folder takes any folder of photos. The first folder below root is a photo's class; a flat folder has none. Where
nothing but folders called train, validation, val, valid or test lies at the top, those are splits, and classes lie below.

limit keeps at most so many rows, chosen by the seed: photos with the same pair_id stay together, and without pairs each
class keeps its share. Filters come before the choice. The photos themselves stay where they are: what counts for the
cache is their content, not where the folder lies.

The artifact holds photos.parquet (a row per photo or item, sorted by path, with the file's SHA-256) and rejects.parquet
(path, reason).`,
		Example: `photos: {uses: photos, with: {root: /data/deepfashion2, layout: deepfashion2, split: train, limit: 50000}}`,
		In:      []dag.Port{{Name: "files", Type: Files, Optional: true, Doc: "a data set made by a stage, in place of root"}},
		New:     func() dag.Stage { return &photos{Layout: "deepfashion2"} },
	}
}

type photos struct {
	Root       string   `param:"root,exec" doc:"folder of the data set; or connect the port files"`
	Layout     string   `param:"layout" enum:"deepfashion2|folder" doc:"how the folder is arranged"`
	Split      string   `param:"split" doc:"deepfashion2: train, validation or test; folder: a sub-folder of root, empty for all"`
	Items      bool     `param:"items" doc:"a row per annotated item, rather than per photo"`
	Limit      int      `param:"limit" doc:"most rows to keep, chosen by the seed; 0 keeps all"`
	Sources    []string `param:"sources" enum:"user|shop" doc:"keep these sources; empty keeps all"`
	Categories []string `param:"categories" doc:"keep these categories; empty keeps all"`
	Scale      []int    `param:"scale" doc:"keep these levels (1 small, 2 modest, 3 large); empty keeps all"`
	Occlusion  []int    `param:"occlusion" doc:"keep these levels (1 slight, 2 medium, 3 heavy); empty keeps all"`
	ZoomIn     []int    `param:"zoom_in" doc:"keep these levels (1 none, 2 medium, 3 large); empty keeps all"`
	Viewpoint  []int    `param:"viewpoint" doc:"keep these levels (1 not worn, 2 front, 3 side or back); empty keeps all"`
}

func (s *photos) UsesSeed() bool { return s.Limit > 0 }

func (s *photos) Validate() error {
	if s.Limit < 0 {
		return &dag.ParamError{Param: "limit", Msg: fmt.Sprintf("must be 0 (all) or more, not %d", s.Limit)}
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
	for name, levels := range map[string][]int{"scale": s.Scale, "occlusion": s.Occlusion, "zoom_in": s.ZoomIn, "viewpoint": s.Viewpoint} {
		for _, l := range levels {
			if l < 1 || l > 3 {
				return &dag.ParamError{Param: name, Msg: fmt.Sprintf("has levels 1, 2 and 3, not %d", l)}
			}
		}
	}
	return nil
}

// validateFolder refuses what only annotations can tell.
func (s *photos) validateFolder() error {
	for _, p := range []struct {
		name string
		set  bool
	}{
		{"items", s.Items}, {"sources", len(s.Sources) > 0}, {"scale", len(s.Scale) > 0}, {"occlusion", len(s.Occlusion) > 0},
		{"zoom_in", len(s.ZoomIn) > 0}, {"viewpoint", len(s.Viewpoint) > 0},
	} {
		if p.set {
			return &dag.ParamError{Param: p.name, Msg: "needs annotations, which layout folder has none of"}
		}
	}
	if s.Split != "" && (!filepath.IsLocal(s.Split) || s.Split != filepath.ToSlash(filepath.Clean(s.Split))) {
		return &dag.ParamError{Param: "split", Msg: fmt.Sprintf("must be a folder below root, not %q", s.Split)}
	}
	return nil
}

// Externals implements dag.External.
func (s *photos) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	if s.Root == "" {
		return nil, nil // the photos come by the port, or Run says that there are none
	}
	found, err := s.list(ctx, files, s.Root)
	if err != nil {
		return nil, err
	}
	return map[string]dag.Digest{"root": dag.Digest(catalogue.Digest(found))}, nil
}

// Source implements dag.Locator.
func (s *photos) Source(in dag.Inputs) (string, error) {
	made, connected := in.One("files")
	switch {
	case connected && s.Root != "":
		return "", errors.New("photos come from root or from the port files, not both: drop one")
	case connected:
		return made.Dir, nil
	case s.Root == "":
		return "", errors.New("no photos: say where they are (with: {root: FOLDER}) or connect a stage that makes them (in: {files: STAGE})")
	}
	return filepath.Abs(s.Root)
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
	rows, rejects, err := s.read(ctx, t, root, files)
	if err != nil {
		return err
	}
	all := len(rows)
	filter := catalogue.Filter{Sources: s.Sources, Categories: s.Categories, Scale: s.Scale, Occlusion: s.Occlusion, ZoomIn: s.ZoomIn, Viewpoint: s.Viewpoint}
	kept := filter.Apply(rows)
	chosen := catalogue.Choose(kept, s.Limit, t.Seed)
	if len(chosen) == 0 {
		return s.nothingLeft(rows, kept, rejects)
	}
	t.Resultf("photos", "%s", tally(all, chosen))
	if s.Limit > len(chosen) && len(chosen) == len(kept) {
		t.Warnf("limit", "%d rows asked for, there are only %d", s.Limit, len(chosen))
	}
	if len(rejects) > 0 {
		t.Warnf("rejected", "%d photos or items left out; the first: %s: %s", len(rejects), rejects[0].Path, rejects[0].Reason)
	}
	return formats.WritePhotos(t.Out, chosen, rejects)
}

// list gives the files that the layout reads, sorted by path.
func (s *photos) list(ctx context.Context, files dag.Files, root string) ([]catalogue.File, error) {
	if err := catalogue.CheckRoot(root); err != nil {
		return nil, err
	}
	keep := func(rel string) bool { return deepfashion2.Keep(s.Split, rel) }
	none := deepfashion2.NoPhotos
	if s.Layout == "folder" {
		keep = func(rel string) bool { return catalogue.InSplit(rel, s.Split) && catalogue.IsPhoto(rel) }
		none = catalogue.NoPhotos
	}
	tree, err := files.Tree(ctx, root, keep)
	if err != nil {
		return nil, fmt.Errorf("list the photos in %s: %w", root, err)
	}
	found := make([]catalogue.File, len(tree))
	anyPhoto := false
	for i, f := range tree {
		found[i] = catalogue.File{Path: f.Path, Bytes: f.Size, SHA256: string(f.Digest), Err: f.Err}
		anyPhoto = anyPhoto || catalogue.IsPhoto(f.Path)
	}
	if !anyPhoto {
		return nil, none(root, s.Split)
	}
	return found, nil
}

func (s *photos) read(ctx context.Context, t *dag.Task, root string, files []catalogue.File) ([]formats.Photo, []formats.Reject, error) {
	if s.Layout == "folder" {
		rows, rejects := catalogue.Folder(files, s.Split)
		return rows, rejects, nil
	}
	t.Report.Start(deepfashion2.Photos(files, s.Split), "photos")
	return deepfashion2.Read(ctx, root, files, deepfashion2.Options{Split: s.Split, Items: s.Items, Workers: t.Workers, Done: t.Report.Add})
}

// nothingLeft says why the catalogue would be empty.
func (s *photos) nothingLeft(rows, kept []formats.Photo, rejects []formats.Reject) error {
	switch {
	case len(rows) == 0 && len(rejects) > 0:
		return fmt.Errorf("all photos are unusable; the first of %d: %s: %s", len(rejects), rejects[0].Path, rejects[0].Reason)
	case len(kept) == 0:
		return fmt.Errorf("none of %d rows passes the filters; categories there are: %s", len(rows), strings.Join(catalogue.Categories(rows), ", "))
	default:
		return fmt.Errorf("limit %d is smaller than every group of photos that belong together", s.Limit)
	}
}

// tally words the result: "500 of 1461, in 10 categories".
func tally(all int, chosen []formats.Photo) string {
	text := fmt.Sprint(len(chosen))
	if len(chosen) < all {
		text += fmt.Sprintf(" of %d", all)
	}
	switch n := len(catalogue.Categories(chosen)); n {
	case 0:
		return text + ", without categories"
	case 1:
		return text + ", in 1 category"
	default:
		return text + fmt.Sprintf(", in %d categories", n)
	}
}
