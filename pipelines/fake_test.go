package pipelines

import (
	"context"
	"errors"
	"fmt"

	"fashionpipe/dag"
)

// The kinds of these tests have the ports of the real ones, and parameters of every type.

type noRun struct{}

func (noRun) Run(context.Context, *dag.Task) error { return errors.New("never run in these tests") }

type fakePhotos struct {
	noRun
	Root    string   `param:"root,exec" doc:"folder"`
	Layout  string   `param:"layout" enum:"deepfashion2|folder" doc:"layout"`
	Split   string   `param:"split" doc:"split"`
	Limit   int      `param:"limit" doc:"how many; 0 for all"`
	Sources []string `param:"sources" enum:"user|shop" doc:"which"`
	Scales  []int    `param:"scales" doc:"levels"`
}

func (s *fakeTrain) UsesSeed() bool { return true }

func (s *fakePhotos) Validate() error {
	if s.Root == "" {
		return &dag.ParamError{Param: "root", Msg: "must name a folder"}
	}
	if s.Limit < 0 {
		return fmt.Errorf("checking: %w", &dag.ParamError{Param: "limit", Msg: fmt.Sprintf("must be 0 or more, not %d", s.Limit)})
	}
	return nil
}

type fakeDecode struct {
	noRun
	Size   int     `param:"size" doc:"edge"`
	Grid   string  `param:"grid" doc:"RxC"`
	Cell   string  `param:"cell" doc:"center or an index"`
	Fit    string  `param:"fit" enum:"stretch|pad|crop" doc:"how"`
	Margin float64 `param:"margin" doc:"share of the box"`
}

type fakeTrain struct {
	noRun
	Arch   string    `param:"arch" enum:"resnet18|vgg16" doc:"network"`
	Loss   string    `param:"loss" enum:"mse|ntxent" doc:"loss"`
	Epochs int       `param:"epochs" doc:"times"`
	Batch  int       `param:"batch" doc:"pairs"`
	LR     float64   `param:"lr" doc:"rate"`
	Flip   bool      `param:"flip" doc:"flips"`
	Steps  []float64 `param:"steps" doc:"when the rate falls"`
}

func (s *fakeTrain) Validate() error {
	var errs []error
	if s.Epochs < 1 {
		errs = append(errs, &dag.ParamError{Param: "epochs", Msg: fmt.Sprintf("must be at least 1, not %d", s.Epochs)})
	}
	if s.LR <= 0 {
		errs = append(errs, &dag.ParamError{Param: "lr", Msg: "must be above 0"})
	}
	if s.Arch == "vgg16" && s.Loss == "ntxent" {
		errs = append(errs, errors.New("vgg16 has no projection head for ntxent"))
	}
	return errors.Join(errs...)
}

type fakeEmbed struct {
	noRun
	Arch    string `param:"arch" doc:"network"`
	Weights string `param:"weights" doc:"file"`
	Layer   string `param:"layer" doc:"layer"`
}

func (s *fakeEmbed) ValidatePorts(connected map[string]int) error {
	if connected["encoder"] > 0 && s.Arch != "" {
		return &dag.ParamError{Param: "arch", Msg: "can't go with a connected encoder"}
	}
	return nil
}

type fakeKMeans struct {
	noRun
	K int `param:"k" doc:"clusters"`
}

type fakeRetrieve struct {
	noRun
	K      int    `param:"k" doc:"neighbours"`
	Metric string `param:"metric" enum:"cosine|l2" doc:"metric"`
}

type fakePlain struct{ noRun }

func fakeRegistry() *dag.Registry {
	in := func(name string, t dag.Type) dag.Port { return dag.Port{Name: name, Type: t} }
	opt := func(name string, t dag.Type) dag.Port { return dag.Port{Name: name, Type: t, Optional: true} }
	return dag.NewRegistry(
		&dag.Kind{Name: "photos", Out: "photos", New: func() dag.Stage { return &fakePhotos{Layout: "folder"} }},
		&dag.Kind{Name: "decode", In: []dag.Port{in("photos", "photos")}, Out: "images",
			New: func() dag.Stage {
				return &fakeDecode{Size: 224, Grid: "3x3", Cell: "center", Fit: "stretch", Margin: 0.1}
			}},
		&dag.Kind{Name: "train", In: []dag.Port{in("images", "images")}, Out: "encoder",
			New: func() dag.Stage {
				return &fakeTrain{Arch: "resnet18", Loss: "mse", Epochs: 10, Batch: 256, LR: 1e-3, Flip: true, Steps: []float64{0.5, 0.75}}
			}},
		&dag.Kind{Name: "embed", In: []dag.Port{in("images", "images"), opt("encoder", "encoder")}, Out: "embeddings",
			New: func() dag.Stage { return &fakeEmbed{} }},
		&dag.Kind{Name: "kmeans", In: []dag.Port{in("embeddings", "embeddings")}, Out: "clusters",
			New: func() dag.Stage { return &fakeKMeans{K: 50} }},
		&dag.Kind{Name: "retrieve", In: []dag.Port{in("embeddings", "embeddings")}, Out: "neighbours",
			New: func() dag.Stage { return &fakeRetrieve{K: 20, Metric: "cosine"} }},
		&dag.Kind{Name: "evaluate", In: []dag.Port{in("ours", "embeddings"), opt("baseline", "embeddings"),
			{Name: "clusters", Type: "clusters", Optional: true, Many: true}}, Out: "metrics",
			New: func() dag.Stage { return &fakePlain{} }},
		&dag.Kind{Name: "loop", In: []dag.Port{{Name: "things", Type: "things", Optional: true, Many: true}}, Out: "things",
			New: func() dag.Stage { return &fakePlain{} }},
		&dag.Kind{Name: "report", In: []dag.Port{in("scores", "metrics"), {Name: "neighbours", Type: "neighbours", Many: true, Optional: true},
			{Name: "clusters", Type: "clusters", Many: true}, in("images", "images")}, Out: "report",
			New: func() dag.Stage { return &fakePlain{} }},
	)
}

// fakeEnv is the environment of these tests.
func fakeEnv(name string) (string, bool) {
	v, ok := map[string]string{"PHOTOS": "/data/photos", "EPOCHS": "7", "EMPTY": "", "BADTEXT": "\xff"}[name]
	return v, ok
}

func fakeOptions(set ...string) Options {
	return Options{Registry: fakeRegistry(), Set: set, Getenv: fakeEnv}
}
