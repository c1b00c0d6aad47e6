package stages

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/judge"
	"fashionpipe/internal/rng"
	"fashionpipe/model"
)

// noiseImages is an image table of n random images with cells.
func noiseImages(t *testing.T, n, size int) dag.Artifact {
	t.Helper()
	dir := t.TempDir()
	w, err := formats.NewImageWriter(dir, formats.ImageSpec{Size: size, CellSize: size, Fit: "stretch", Grid: "3x3", Cell: "center", Box: "photo"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		r := rng.New(1, i)
		px := make([]byte, 3*size*size)
		for j := range px {
			px[j] = byte(r.Uint32())
		}
		l := formats.Labels{ID: string(rune('a'+i)) + ".jpg", Path: string(rune('a'+i)) + ".jpg", Category: []string{"skirt", "vest"}[i%2]}
		if err := w.Append(l, px, px); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return dag.Artifact{Type: Images, Dir: dir, Digest: dag.Digest(fmt.Sprintf("noise %d×%d", n, size))}
}

// TestTrainWarns: what makes a training other than its parameters look, or its validation worth nothing, is said.
func TestTrainWarns(t *testing.T) {
	six, eight := noiseImages(t, 6, 8), noiseImages(t, 8, 8)
	for _, c := range []struct {
		batch, accumulate int
		in                dag.Inputs
		want              map[string]string // by the warning's name; "" for none
	}{
		{4, 1, dag.Inputs{"images": {eight}, "validation": {six}}, map[string]string{"batch": "", "validation": ""}},
		{8, 1, dag.Inputs{"images": {eight}, "validation": {eight}},
			map[string]string{"batch": "", "validation": "the photos to validate on are those of the training: recall@1 says nothing about others"}},
		{512, 1, dag.Inputs{"images": {eight}}, map[string]string{"batch": "512 is more than the 8 photos: each step takes all of them", "validation": ""}},
		{5, 1, dag.Inputs{"images": {eight}}, map[string]string{"batch": "3 of 8 photos sit each epoch out"}},
		{2, 3, dag.Inputs{"images": {eight}}, map[string]string{"batch": ""}}, // a quarter, no more
		{5, 1, dag.Inputs{"images": {six}}, map[string]string{"batch": ""}},
	} {
		tr := trainKind().New().(*train)
		tr.Width, tr.Epochs, tr.Batch, tr.Accumulate = 2, 1, c.batch, c.accumulate
		_, notes := runOK(t, tr, c.in)
		for name, want := range c.want {
			if got := notes.text(name); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
				t.Errorf("batch %d×%d, %s: %q, want %q", c.batch, c.accumulate, name, got, want)
			}
		}
	}
}

// TestTrainDiverges: a loss that rises far above where it began is told, although every number is finite.
func TestTrainDiverges(t *testing.T) {
	for _, c := range []struct {
		loss string
		lr   float64
		want bool
	}{{"vicreg", 1000, true}, {"vicreg", 0.001, false}, {"simsiam", 0.01, false}, {"mse", 0.01, false}} {
		tr := trainKind().New().(*train)
		tr.Width, tr.Epochs, tr.Batch, tr.Loss, tr.LR, tr.Projector, tr.Predictor = 2, 3, 4, c.loss, c.lr, 8, 0
		_, notes := runOK(t, tr, dag.Inputs{"images": {noiseImages(t, 8, 8)}})
		if got := notes.text("diverged"); (got != "") != c.want {
			t.Errorf("%s at %v: %q", c.loss, c.lr, got)
		}
	}
}

// TestTrainWorseThanBefore: a training whose encoder finds less than the network before it is told.
func TestTrainWorseThanBefore(t *testing.T) {
	for after, want := range map[float64]bool{0.25: true, 0.5: false, 0.75: false} {
		notes := &noteTaker{}
		v := &validation{Validation: &judge.Validation{By: "category"}}
		before, end := formats.NewHistoryRow(0, 0), formats.NewHistoryRow(1, 1)
		before.Recall, end.Recall = 0.5, after
		r := &model.Trained{Info: formats.EncoderInfo{Epochs: 1}, History: []formats.HistoryRow{before, end}, Final: end}
		v.note(&dag.Task{Report: notes}, r)
		warned := slices.ContainsFunc(notes.notes, func(n dag.Note) bool {
			return n.Level == dag.Warning && strings.HasPrefix(n.Text, "0.500 before training is higher than the 0.250")
		})
		if warned != want {
			t.Errorf("%v after 0.5: warned %v", after, warned)
		}
	}
}

// TestTrainThenEmbed runs both kinds, one on the other's result.
func TestTrainThenEmbed(t *testing.T) {
	images := noiseImages(t, 9, 16)
	tr := trainKind().New().(*train)
	tr.Width, tr.Epochs, tr.Batch = 4, 2, 4
	if err := tr.Validate(); err != nil {
		t.Fatal(err)
	}
	dir, notes := runOK(t, tr, dag.Inputs{"images": {images}})
	if err := formats.CheckEncoder(dir); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(notes.text("loss"), "after 4 steps") {
		t.Errorf("notes: %+v", notes.notes)
	}
	encoder := dag.Artifact{Type: Encoder, Dir: dir}
	em := embedKind().New().(*embed)
	em.Normalise = true
	out, _ := runOK(t, em, dag.Inputs{"images": {images}, "encoder": {encoder}})
	e, err := formats.ReadEmbeddings(out)
	if err != nil {
		t.Fatal(err)
	}
	if e.Len() != 9 || e.Dim != 32 || e.Meta.Model != "resnet18, mse, 2 epochs" || e.Meta.Random || !e.Meta.Normalised || e.Labels[8].ID != "i.jpg" {
		t.Errorf("%d×%d %+v", e.Len(), e.Dim, e.Meta)
	}
	sameBytesWithOneWorker(t, em, dag.Inputs{"images": {images}, "encoder": {encoder}}, out, "embeddings.parquet")
}

// TestTrainOnValidation: what labelled images at the port validation say is in the history, in encoder.json and in the notes, and the
// encoder is that of the best epoch, whatever the number of workers.
func TestTrainOnValidation(t *testing.T) {
	in := dag.Inputs{"images": {noiseImages(t, 8, 16)}, "validation": {noiseImages(t, 12, 16)}}
	tr := trainKind().New().(*train)
	tr.Width, tr.Epochs, tr.Batch, tr.Jitter, tr.Patience, tr.LR = 2, 5, 4, 0.5, 2, 0.01
	tr.Category, tr.Colour = 0.5, 0.5
	if err := tr.Validate(); err != nil {
		t.Fatal(err)
	}
	dir, notes := runOK(t, tr, in)
	history, err := formats.ReadHistory(dir)
	if err != nil {
		t.Fatal(err)
	}
	best, bestEpoch, accuracy := -1.0, 0, 0.0
	for _, r := range history {
		if measured := r.Step%2 == 0; measured == math.IsNaN(r.Recall) {
			t.Errorf("row %+v", r)
		}
		if r.Epoch > 0 && r.Recall > best {
			best, bestEpoch, accuracy = r.Recall, int(r.Epoch), r.ValidationCategoryAccuracy
		}
	}
	info, err := formats.ReadEncoderInfo(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := formats.Validation{By: "category", Rows: 12, Queries: 12, Recall: best, Chance: 5.0 / 11}
	if v := info.Validation; v == nil || math.Abs(v.Chance-want.Chance) > 1e-12 || v.Recall != want.Recall || v.By != want.By || v.Rows != 12 || v.Queries != 12 {
		t.Errorf("validation %+v, want %+v", v, want)
	}
	if info.Epochs != bestEpoch || !strings.Contains(notes.text("recall@1"), "by category on 12 validation photos") {
		t.Errorf("kept epoch %d, the best is %d; notes %+v", info.Epochs, bestEpoch, notes.notes)
	}
	right := fmt.Sprintf("%.3f of 12 validation photos right (the most frequent category alone: 0.500)", accuracy)
	if got := notes.text("category, validation"); got != right {
		t.Errorf("category: %q, want %q", got, right)
	}
	if got := notes.text("colour, validation"); !strings.Contains(got, " overlap with the histograms of 12 validation photos (the training photos' mean histogram alone: ") {
		t.Errorf("colour: %q", got)
	}
	sameBytesWithOneWorker(t, tr, in, dir, "history.parquet")
	sameBytesWithOneWorker(t, tr, in, dir, "weights.safetensors")
}

func TestTrainWithoutValidation(t *testing.T) {
	s := trainKind().New().(*train)
	s.Patience = 3
	if err := s.ValidatePorts(map[string]int{"images": 1}); err == nil || !strings.Contains(err.Error(), "patience: needs images to validate on: connect") {
		t.Errorf("patience: %v", err)
	}
	if err := s.ValidatePorts(map[string]int{"images": 1, "validation": 1}); err != nil {
		t.Errorf("patience and images: %v", err)
	}
	s.Patience, s.JudgeEvery = 0, 2
	if err := s.ValidatePorts(map[string]int{"images": 1}); err == nil || !strings.Contains(err.Error(), "validate_every: needs images") {
		t.Errorf("validate_every: %v", err)
	}
}

// TestTrainParametersCount: each parameter of augmentation and of the optimiser changes the encoder.
func TestTrainParametersCount(t *testing.T) {
	images := dag.Inputs{"images": {noiseImages(t, 4, 8)}}
	seen := map[string]string{}
	for name, change := range map[string]func(*train){
		"nothing": func(*train) {}, "flip": func(s *train) { s.Flip = true }, "geometry": func(s *train) { s.Geometry = 0.5 },
		"affine": func(s *train) { s.Affine = 0.5 }, "perspective": func(s *train) { s.Perspective = 0.5 },
		"jitter": func(s *train) { s.Jitter = 0.5 }, "brightness": func(s *train) { s.Brightness = 0.5 },
		"contrast": func(s *train) { s.Contrast = 0.5 }, "saturation": func(s *train) { s.Saturation = 0.5 }, "hue": func(s *train) { s.Hue = 0.5 },
		"crop": func(s *train) { s.Crop = 0.2 }, "grey": func(s *train) { s.Grey = 1 }, "blur": func(s *train) { s.Blur = 1 },
		"cutout":     func(s *train) { s.Cutout = 0.5 },
		"decay":      func(s *train) { s.Jitter, s.WeightDecay = 0.5, 0.1 },
		"adamw":      func(s *train) { s.Jitter, s.Optimizer, s.WeightDecay = 0.5, "adamw", 0.1 },
		"sgd":        func(s *train) { s.Jitter, s.Optimizer, s.Epochs = 0.5, "sgd", 2 },
		"momentum":   func(s *train) { s.Jitter, s.Optimizer, s.Momentum, s.Epochs = 0.5, "sgd", 0.5, 2 },
		"lars":       func(s *train) { s.Jitter, s.Optimizer, s.Epochs = 0.5, "lars", 2 },
		"accumulate": func(s *train) { s.Jitter, s.Batch, s.Accumulate = 0.5, 2, 2 },
		"epochs":     func(s *train) { s.Jitter, s.Epochs = 0.5, 2 },
		"ema":        func(s *train) { s.Jitter, s.EMA, s.Epochs = 0.5, 0.9, 2 },
	} {
		tr := trainKind().New().(*train)
		tr.Width, tr.Epochs, tr.Batch = 2, 1, 4
		change(tr)
		if err := tr.Validate(); err != nil {
			t.Fatal(err)
		}
		dir, _ := runOK(t, tr, images)
		weights, err := os.ReadFile(filepath.Join(dir, "weights.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[string(weights)]; ok {
			t.Errorf("%s gives the same weights as %s", name, other)
		}
		seen[string(weights)] = name
	}
}

func TestEmbedNeedsOneNetwork(t *testing.T) {
	none, one := map[string]int{"images": 1}, map[string]int{"images": 1, "encoder": 1}
	s := embedKind().New().(*embed)
	if err := s.ValidatePorts(one); err != nil {
		t.Errorf("an encoder alone: %v", err)
	}
	if err := s.ValidatePorts(none); err == nil || !strings.Contains(err.Error(), "where no encoder is connected") {
		t.Errorf("no network: %v", err)
	}
	s.Width = 16
	if err := s.ValidatePorts(one); err == nil || !strings.Contains(err.Error(), "a connected encoder brings its own") {
		t.Errorf("an encoder and a width: %v", err)
	}
	s.Arch, s.Weights = "resnet18", "random"
	if err := s.ValidatePorts(none); err != nil {
		t.Errorf("an architecture alone: %v", err)
	}
	if err := s.ValidatePorts(one); err == nil || !strings.Contains(err.Error(), "keep one of them") {
		t.Errorf("two networks: %v", err)
	}
	for _, c := range []struct{ arch, weights, layer, want string }{
		{"", "random", "", "weights: goes with arch"},
		{"vgg16", "", "", "arch: needs weights"},
		{"vgg16", "hf:vgg16", "", "write hf:org/name"},
		{"vgg16", "random", "fc3", `layer: vgg16 has no layer "fc3" to read: there are fc2, fc1, pool5, conv5_3`},
	} {
		s.Arch, s.Weights, s.Layer = c.arch, c.weights, c.layer
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestTrainValidates(t *testing.T) {
	for want, change := range map[string]func(*train){
		"width: must be":    func(s *train) { s.Width = 0 },
		"batch: must be":    func(s *train) { s.Batch = 1 },
		"lr: must be":       func(s *train) { s.LR = 0 },
		"momentum: must be": func(s *train) { s.Momentum = 1 },
		"momentum: goes with the optimizers sgd and lars, not with adam": func(s *train) { s.Momentum = 0.5 },
		"warmup: is 2.5 epochs, and there are only 2":                    func(s *train) { s.Epochs, s.Warmup = 2, 2.5 },
		"accumulate: must be at least 1":                                 func(s *train) { s.Accumulate = 0 },
		"patience: must be 0":                                            func(s *train) { s.Patience = -1 },
		"validate_every: must be at least 1":                             func(s *train) { s.JudgeEvery = 0 },
		"ema: must be at least 0 (none) and below 1":                     func(s *train) { s.EMA = 1 },
		"geometry: must be from 0 (none) to 1, not 10":                   func(s *train) { s.Geometry = 10 },
		"hue: must be from 0 (none) to 0.5, not 0.6":                     func(s *train) { s.Hue = 0.6 },
		"crop: must be above 0":                                          func(s *train) { s.Crop = 0 },
		"blur: must be from 0 (none) to 1, not -0.5":                     func(s *train) { s.Blur = -0.5 },
		"perspective: must be from 0 (none) to 1, not 1.5":               func(s *train) { s.Perspective = 1.5 },
		"geometry: stands for affine and perspective together":           func(s *train) { s.Geometry, s.Affine = 0.4, 0.1 },
		"jitter: stands for":                                             func(s *train) { s.Jitter, s.Hue = 0.4, 0.1 },
	} {
		s := trainKind().New().(*train)
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestKMeansStartsFromClusters: from its own centres k-means stays where it is; from ones that don't fit it draws.
func TestKMeansStartsFromClusters(t *testing.T) {
	e := someEmbeddings(t, 80, 6, 0.5, "aaa")
	k := kmeansKind().New().(*kmeans)
	k.K = 4
	dir, _ := runOK(t, k, dag.Inputs{"embeddings": {e}})
	first := dag.Artifact{Type: Clusters, Dir: dir, Digest: "first"}
	k.Restarts = 9
	dir, notes := runOK(t, k, dag.Inputs{"embeddings": {e}, "start": {first}})
	was, err1 := formats.ReadClusters(first.Dir)
	is, err2 := formats.ReadClusters(dir)
	if err1 != nil || err2 != nil || !slices.Equal(was.Cluster, is.Cluster) || is.Meta.Iterations > 2 {
		t.Errorf("%d iterations, %v, %v", is.Meta.Iterations, err1, err2)
	}
	if is.Meta.Start != "first" || is.Meta.Restarts != 1 || !strings.Contains(is.Meta.Label(), "from the centres of the last time") || notes.text("start") != "" {
		t.Errorf("%+v, %s", is.Meta, notes.text("start"))
	}
	reversed := *was // the numbers of the start are kept, whatever the sizes
	reversed.Centres, reversed.Sizes = nil, nil
	for c := k.K - 1; c >= 0; c-- {
		reversed.Centres = append(reversed.Centres, was.Centre(c)...)
	}
	reversed.Cluster = slices.Clone(was.Cluster)
	for i, c := range was.Cluster {
		reversed.Cluster[i] = int32(k.K-1) - c
	}
	turned := dag.Artifact{Type: Clusters, Dir: t.TempDir(), Digest: "turned"}
	if err := formats.WriteClusters(turned.Dir, &reversed); err != nil {
		t.Fatal(err)
	}
	dir, _ = runOK(t, k, dag.Inputs{"embeddings": {e}, "start": {turned}})
	if is, err := formats.ReadClusters(dir); err != nil || !slices.Equal(is.Cluster, reversed.Cluster) {
		t.Errorf("the numbers of the start are lost (%v)", err)
	}
	k.K = 5
	dir, notes = runOK(t, k, dag.Inputs{"embeddings": {e}, "start": {first}})
	if is, err := formats.ReadClusters(dir); err != nil || is.Meta.Start != "" || is.Meta.K != 5 || !strings.Contains(notes.text("start"), "no start for 5") {
		t.Errorf("%v, %s", err, notes.text("start"))
	}
}

// TestTrainRefusesLossParameters: what doesn't go with the loss is said with its parameter and a remedy.
func TestTrainRefusesLossParameters(t *testing.T) {
	for _, c := range []struct {
		loss   string
		change func(*train)
		want   string
	}{
		{"mse", func(s *train) { s.Temperature = 0.1 }, "temperature: goes with the loss ntxent or supcon, not with mse: leave it out"},
		{"barlow", func(s *train) { s.Temperature = 0.1 }, "temperature: goes with the loss ntxent or supcon, not with barlow: leave it out"},
		{"vicreg", func(s *train) { s.Predictor = 8 }, "predictor: goes with the loss simsiam or byol, not with vicreg: leave it out"},
		{"simsiam", func(s *train) { s.TargetMomentum = 0.9 }, "target_momentum: goes with the loss byol, not with simsiam: leave it out"},
		{"byol", func(s *train) { s.Lambda = 1 }, "lambda: goes with the loss barlow, not with byol: leave it out"},
		{"ntxent", func(s *train) { s.By = "category" }, "by: goes with the loss supcon, not with ntxent: leave it out"},
		{"ntxent", func(s *train) { s.Together = 3 }, "together: goes with the loss supcon, not with ntxent: leave it out"},
		{"ntxent", func(s *train) { s.Temperature = -1 }, "temperature: must be 0"},
		{"barlow", func(s *train) { s.Lambda = -1 }, "lambda: must be 0 or more"},
		{"byol", func(s *train) { s.TargetMomentum = 2 }, "target_momentum: must be from 0 to 1"},
		{"byol", func(s *train) { s.Predictor = -1 }, "predictor: must be 0"},
		{"supcon", func(s *train) { s.Together = 0 }, "together: must be at least 1"},
		{"mse", func(s *train) { s.Projector = -2 }, "projector: must be -1"},
		{"supcon", func(s *train) { s.By, s.Together, s.Temperature = "category", 4, 0.1 }, ""},
		{"byol", func(s *train) { s.Predictor, s.TargetMomentum, s.Projector = 8, 1, 8 }, ""},
	} {
		tr := trainKind().New().(*train)
		tr.Loss = c.loss
		c.change(tr)
		got := ""
		if err := tr.Validate(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.loss, got, c.want)
		}
	}
}

// TestTrainNeedsLabels: supcon on photos without labels says what to do.
func TestTrainNeedsLabels(t *testing.T) {
	tr := trainKind().New().(*train)
	tr.Width, tr.Epochs, tr.Batch, tr.Loss = 2, 1, 4, "supcon"
	_, _, err := runVectorStage(t, tr, dag.Inputs{"images": {noiseImages(t, 4, 8)}}, 1)
	if err == nil || !strings.Contains(err.Error(), "no two photos have the same garment") {
		t.Errorf("%v", err)
	}
}

// TestTrainHeads: each weight changes the encoder, and the results say how well its head predicts.
func TestTrainHeads(t *testing.T) {
	images := dag.Inputs{"images": {noiseImages(t, 8, 8)}}
	train := func(category, colour float64) (string, *noteTaker) {
		tr := trainKind().New().(*train)
		tr.Width, tr.Epochs, tr.Batch, tr.Category, tr.Colour = 2, 1, 4, category, colour
		if err := tr.Validate(); err != nil {
			t.Fatal(err)
		}
		dir, notes := runOK(t, tr, images)
		weights, err := os.ReadFile(filepath.Join(dir, "weights.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return string(weights), notes
	}
	plain, notes := train(0, 0)
	if text := notes.text("category") + notes.text("colour"); text != "" {
		t.Errorf("without heads: %s", text)
	}
	category, notes := train(0.5, 0)
	if text := notes.text("category"); !strings.Contains(text, "of 8 training photos right (the most frequent category alone: 0.500)") {
		t.Errorf("category: %s", text)
	}
	colour, notes := train(0, 0.5)
	if text := notes.text("colour"); !strings.Contains(text, " overlap with the histograms of 8 training photos (the mean histogram alone: ") {
		t.Errorf("colour: %s", text)
	}
	if plain == category || plain == colour || category == colour {
		t.Error("a head changes nothing")
	}
}
