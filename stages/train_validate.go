package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/judge"
	"fashionpipe/model"
)

// validationRows is how many photos an epoch is judged on, at most.
const validationRows = 2000

// ValidatePorts refuses what needs images to validate on where there are none.
func (s *train) ValidatePorts(connected map[string]int) error {
	const remedy = "connect labelled images to the port validation, or leave it out"
	switch {
	case connected["validation"] > 0:
		return nil
	case s.Patience > 0:
		return &dag.ParamError{Param: "patience", Msg: "needs images to validate on: " + remedy}
	case s.JudgeEvery > 1:
		return &dag.ParamError{Param: "validate_every", Msg: "needs images to validate on: " + remedy}
	}
	return nil
}

// validation is what training is judged on, where images to validate on are connected.
type validation struct {
	images *formats.Images
	*judge.Validation
}

func (s *train) openValidation(t *dag.Task) (*validation, error) {
	in, connected := t.In.One("validation")
	if !connected {
		return nil, nil
	}
	if own, _ := t.In.One("images"); own.Digest == in.Digest {
		t.Warnf("validation", "the photos to validate on are those of the training: recall@1 says nothing about others")
	}
	images, err := formats.OpenImages(in.Dir)
	if err != nil {
		return nil, fmt.Errorf("reading validation: %w", err)
	}
	var labels []formats.Labels
	for i := range images.Len() {
		labels = append(labels, images.Labels(i))
	}
	v, err := judge.NewValidation(labels, validationRows, t.Seed)
	if err != nil {
		_ = images.Close()
		return nil, err
	}
	return &validation{images, v}, nil
}

// hook is the validation as training takes it.
func (v *validation) hook(workers int) *model.Validation {
	if v == nil {
		return nil
	}
	return &model.Validation{Images: v.images, Rows: v.Rows, Score: func(ctx context.Context, features []float32, dim int) (float64, error) {
		return v.Recall(ctx, features, dim, workers)
	}}
}

// note says how the encoder did, and keeps it.
func (v *validation) note(t *dag.Task, r *model.Trained) {
	if v == nil {
		return
	}
	r.Info.Validation = &formats.Validation{By: v.By, Rows: len(v.Rows), Queries: v.Queries, Recall: r.Final.Recall, Chance: v.Chance}
	t.Resultf("recall@1", "%.3f by %s on %d validation photos, %.3f before training, %.3f by chance",
		r.Final.Recall, v.By, len(v.Rows), r.History[0].Recall, v.Chance)
	if before := r.History[0].Recall; before > r.Final.Recall {
		t.Warnf("recall@1", "%.3f before training is higher than the %.3f of the encoder: this training made it worse", before, r.Final.Recall)
	}
	if end := r.History[len(r.History)-1].Epoch; int(end) > r.Info.Epochs {
		t.Resultf("epoch", "%d of %d is the best, and kept", r.Info.Epochs, end)
	}
}

func (v *validation) close() {
	if v != nil {
		_ = v.images.Close()
	}
}
