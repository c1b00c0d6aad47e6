package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"fashionpipe/dag"
	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
	"fashionpipe/internal/jury"
)

// judgementsKind counts what people said.
func judgementsKind() *dag.Kind {
	return &dag.Kind{
		Name: "judgements", Version: 1, Out: Judgements, Check: formats.CheckJudgements,
		Summary: "Summarises human judgements of whose neighbours look more alike",
		Doc: `Summarises the answers that pipe judge keeps in a folder: for each photo, which of two rows of neighbours
looks more like it, ours or the baseline's. Only answers about exactly the connected neighbours and images, with k of
each shown, are counted; answers about earlier results stay in the folder and are ignored. If there are no answers, or
no folder, the counts are 0.

The win rate is the fraction of ours among the answers that state a preference. With one judge, or if all answers
agree, its interval is Wilson's (1927) over queries; otherwise it is from a bootstrap over queries, since answers to
the same query are not independent. The sign test (two-sided, exact) is over queries, each counted for the side that
most of its answers prefer. Agreement is Cohen's kappa (1960) for two judges and Krippendorff's alpha (nominal) for
more, over the answers ours, baseline and about the same: 1 is perfect agreement, 0 is chance.

The artifact holds judgements.json.`,
		Example: `people:
  uses: judgements
  in: {images: test_images, ours: near, baseline: vgg16_near}
  with: {answers: judgements/mine}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "the photos that people see"},
			{Name: "ours", Type: Neighbours, Doc: "our neighbours"},
			{Name: "baseline", Type: Neighbours, Doc: "the baseline's neighbours"},
		},
		New: func() dag.Stage { return &judgements{K: 5, Confidence: 0.95, Resamples: 10_000} },
	}
}

type judgements struct {
	Answers    string  `param:"answers,exec" doc:"folder of answers: judgements/NAME, where pipe judge keeps those of experiment NAME"`
	K          int     `param:"k" doc:"number of neighbours shown per side (--k of pipe judge)"`
	Confidence float64 `param:"confidence" doc:"confidence level of the interval of the win rate"`
	Resamples  int     `param:"resamples" doc:"number of bootstrap resamples, with several judges; 0: no interval"`
}

func (s *judgements) UsesSeed() bool { return true }

func (s *judgements) Validate() error {
	switch {
	case s.Answers == "":
		return &dag.ParamError{Param: "answers", Msg: "must name the folder of answers: judgements/NAME, where pipe judge keeps those for experiment NAME"}
	case s.Confidence <= 0 || s.Confidence >= 1:
		return &dag.ParamError{Param: "confidence", Msg: "must be between 0 and 1, such as 0.95"}
	case s.Resamples < 0:
		return &dag.ParamError{Param: "resamples", Msg: "must be 0 or more"}
	}
	return atLeastOne("k", s.K)
}

// ValidateInputs refuses neighbours in a gallery, which people are not asked about.
func (s *judgements) ValidateInputs(in map[string][]*dag.Node) error {
	for _, port := range []string{"ours", "baseline"} {
		if n := in[port][0]; hasGallery(n) {
			return &dag.WireError{Port: port, Msg: fmt.Sprintf("`%s` found neighbours in a gallery, and people compare neighbours among the photos themselves: connect a stage retrieve without gallery", n.Name)}
		}
	}
	return nil
}

// Externals gives the content of all answers.
func (s *judgements) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	dir, err := catalogue.Root(s.Answers)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return map[string]dag.Digest{"answers": "none"}, nil
	}
	found, err := files.Tree(ctx, dir, jury.IsAnswers)
	if err != nil {
		return nil, err
	}
	list := make([]catalogue.File, len(found))
	for i, f := range found {
		list[i] = catalogue.File{Path: f.Path, Bytes: f.Size, SHA256: f.SHA256, Err: f.Err}
	}
	return map[string]dag.Digest{"answers": dag.Digest(catalogue.Digest(list))}, nil
}

// Run implements dag.Stage.
func (s *judgements) Run(ctx context.Context, t *dag.Task) error {
	dir, err := catalogue.Root(s.Answers)
	if err != nil {
		return err
	}
	all, err := jury.ReadFolder(dir)
	if err != nil {
		return err
	}
	of := func(port string) string {
		a, _ := t.In.One(port)
		return string(a.Digest)
	}
	about := jury.Subject{Images: of("images"), Ours: of("ours"), Baseline: of("baseline"), K: s.K}
	j, err := jury.Summarise(ctx, all, about, eval.Bootstrap{Resamples: s.Resamples, Confidence: s.Confidence, Seed: t.Seed, Workers: t.Workers})
	if err != nil {
		return err
	}
	t.Resultf("people", "%s", jury.Headline(j))
	if j.Count() == 0 && j.Others > 0 {
		t.Warnf("answers", "all %d answers in %s are about other results than these: judge again", j.Others, s.Answers)
	}
	return formats.WriteJudgements(t.Out, j)
}
