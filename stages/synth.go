package stages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"fashionpipe/dag"
	"fashionpipe/internal/synth"
)

// synthKind draws photographs of garments in the layout of DeepFashion2.
func synthKind() *dag.Kind {
	return &dag.Kind{
		Name: "synth", Version: 1,
		Summary: "Draws annotated garment photographs in DeepFashion2's layout",
		Doc: `Draws a data set to try an experiment on without a download: garments of all 13 categories of DeepFashion2
in many fabrics, each photographed by a shop (in a clean studio) and by users (in rooms and streets, in bad light, in
other poses, partly occluded), annotated with boxes, polygons and landmarks. A garment has the same cut, fabric and
colours in all its photos. The scenes behind garments are few and shared by all, so features that follow the
background score poorly.

With scenes: S the data set is garments × scenes: each garment is alone in a photo once in front of each of the same S
backgrounds; pose, camera and light vary between photos independently of the scene. Every annotation then has the
number of its background, "scene", from which evaluate measures how much of a neighbourhood is explained by the
background. The number of photos in each split must be a multiple of S; per_garment and two_items do not apply.

The output folder holds train/image/000001.jpg with train/annos/000001.json, and so on, and likewise validation/.
Photos are in the order of pair_id in train; in validation, user photos come first. If test is above 0, there is a
test/image without annotations. All photos of a pair_id are in the same split. A garment of style 0 appears in one
photo only.

The result is determined by the seed and the parameters. These are drawings: scores on them show whether a pipeline
works, not how well it would do on real photos.`,
		Example: "dataset:\n  uses: synth\n  with: {count: 1000, validation: 0.4}\n",
		Out:     Files,
		New: func() dag.Stage {
			o := synth.Defaults()
			return &synthStage{Count: o.Count, Validation: o.Validation, Test: o.Test, Width: o.Width, Height: o.Height,
				Quality: o.Quality, PerGarment: o.PerGarment, TwoItems: o.TwoItems, Scenes: o.Scenes}
		},
		Check: checkSynth,
	}
}

type synthStage struct {
	Count      int     `param:"count" doc:"total number of photos"`
	Validation float64 `param:"validation" doc:"fraction of the photos in the validation split"`
	Test       float64 `param:"test" doc:"fraction of the photos in the test split, which has no annotations"`
	Width      int     `param:"width" doc:"width of a photo, in pixels"`
	Height     int     `param:"height" doc:"height of a photo, in pixels"`
	Quality    int     `param:"quality" doc:"JPEG quality, 1 to 100"`
	PerGarment int     `param:"per_garment" doc:"photos per garment, give or take one; at least one by a shop and one by a user"`
	TwoItems   float64 `param:"two_items" doc:"fraction of the pairs whose photos show two garments, a top and a bottom"`
	Scenes     int     `param:"scenes" doc:"number of backgrounds; each garment is drawn once in front of each; 0: every photo has its own"`
}

// UsesSeed is true: everything is drawn from the seed.
func (s *synthStage) UsesSeed() bool { return true }

// Validate refuses what can't be drawn.
func (s *synthStage) Validate() error {
	bad := func(name, format string, args ...any) error {
		return &dag.ParamError{Param: name, Msg: fmt.Sprintf(format, args...)}
	}
	share := func(x float64) bool { return x >= 0 && x <= 1 }
	switch {
	case s.Count < 1 || s.Count > 999_999:
		return bad("count", "must be 1 to 999999, not %d", s.Count)
	case !share(s.Validation):
		return bad("validation", "must be a share of 0 to 1, not %g", s.Validation)
	case !share(s.Test) || s.Validation+s.Test > 1:
		return bad("test", "must be a share of 0 to 1, and validation + test at most 1")
	case s.Width < 32 || s.Width > 4096:
		return bad("width", "must be 32 to 4096, not %d", s.Width)
	case s.Height < 32 || s.Height > 4096:
		return bad("height", "must be 32 to 4096, not %d", s.Height)
	case s.Quality < 1 || s.Quality > 100:
		return bad("quality", "must be 1 to 100, not %d", s.Quality)
	case s.PerGarment < 2 || s.PerGarment > 100:
		return bad("per_garment", "must be 2 to 100, not %d", s.PerGarment)
	case !share(s.TwoItems):
		return bad("two_items", "must be a share of 0 to 1, not %g", s.TwoItems)
	case s.Scenes != 0 && (s.Scenes < 2 || s.Scenes > 100):
		return bad("scenes", "must be 2 to 100, or 0 for none that are shared, not %d", s.Scenes)
	case s.Scenes > 0:
		return s.validateScenes()
	}
	return nil
}

// validateScenes refuses what would not be garments × scenes.
func (s *synthStage) validateScenes() error {
	bad := func(name, format string, args ...any) error {
		return &dag.ParamError{Param: name, Msg: fmt.Sprintf(format, args...)}
	}
	usual := synth.Defaults()
	switch {
	case s.PerGarment != usual.PerGarment && s.PerGarment != s.Scenes:
		return bad("per_garment", "can't be %d with scenes: %d, of which each garment has all: drop it", s.PerGarment, s.Scenes)
	case s.TwoItems != usual.TwoItems && s.TwoItems != 0:
		return bad("two_items", "can't be %g with scenes, where each photo shows one garment: drop it", s.TwoItems)
	}
	train, validation, test := s.options().Splits()
	for _, split := range []struct {
		name string
		n    int
	}{{"train", train}, {"validation", validation}, {"test", test}} {
		if split.n%s.Scenes != 0 {
			return bad("count", "gives %s %d photos, which is no multiple of scenes: %d, so a garment would lack a scene: change count, validation or test", split.name, split.n, s.Scenes)
		}
	}
	return nil
}

func (s *synthStage) options() synth.Options {
	return synth.Options{Count: s.Count, Validation: s.Validation, Test: s.Test, Width: s.Width, Height: s.Height,
		Quality: s.Quality, PerGarment: s.PerGarment, TwoItems: s.TwoItems, Scenes: s.Scenes}
}

// Run draws the data set.
func (s *synthStage) Run(ctx context.Context, t *dag.Task) error {
	t.Report.Start(s.Count, "photos")
	o := s.options()
	o.Seed, o.Workers, o.Done = t.Seed, t.Workers, t.Report.Add
	return synth.Write(ctx, t.Out, o)
}

// checkSynth finds each annotated photo complete: as many annotations as photos.
func checkSynth(dir string) error {
	total := 0
	for _, split := range []string{"train", "validation", "test"} {
		photos, err := filepath.Glob(filepath.Join(dir, split, "image", "*.jpg"))
		if err != nil {
			return err
		}
		annos, err := filepath.Glob(filepath.Join(dir, split, "annos", "*.json"))
		if err != nil {
			return err
		}
		if split != "test" && len(photos) != len(annos) {
			return fmt.Errorf("synth: %s has %d photos but %d annotations", split, len(photos), len(annos))
		}
		for _, p := range append(photos, annos...) {
			if i, err := os.Stat(p); err != nil || i.Size() == 0 {
				return fmt.Errorf("synth: %s is empty or can't be read", p)
			}
		}
		total += len(photos)
	}
	if total == 0 {
		return fmt.Errorf("synth: no photos in %s", dir)
	}
	return nil
}
