package stages

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"fashionpipe/dag"
	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/consumertoshop"
	"fashionpipe/internal/judge"
	"fashionpipe/internal/nearest"
)

func consumerToShopKind() *dag.Kind {
	return &dag.Kind{
		Name: "consumertoshop", Version: 1, Out: Metrics, Check: formats.CheckMetrics,
		Summary: "Scores consumer-to-shop retrieval by DeepFashion2's protocol",
		Doc: `For an item in a user's photo, is the same garment among the first 1, 5, 10, 15 or 20 items retrieved from
shop photos? Accuracies equal those of DeepFashion2's official script on the same files, including its peculiarities:

  - a result is assigned to the item of its photo that its box overlaps most
    (to the first item if it overlaps none); items of style 0 take part;
  - of the results assigned to a query that have its category, the one with the
    highest score represents it;
  - a retrieved item is correct if an item of the same pair_id and style is in
    the same shop photo with an IoU of at least 0.5;
  - top-k is the fraction of correct answers among all queries, which are the
    items of user photos with a style above 0. Queries that no result represents
    count as missed. So do those whose garment is in no shop photo, on which the
    script crashes. Both are counted and reported.

Connect photos (one split, with items: true) and ours, embeddings of their items (decode with box: item): the 20
nearest shop items of each user item are its result. The setting is then ground_truth_boxes. If detected is connected
too (a catalogue made by the kind detections, of which ours are the embeddings), the setting is detected_boxes. Or set
result, a file in the official format from any source; its setting follows from its boxes. The two settings are not
comparable, and every table says which one it has. The ground truth is taken from photos, with boxes clipped to the
photo, or else from the data set's official lists (queries, gallery).

Accuracies for each level of scale, occlusion, zoom_in and viewpoint of the query's item, as in the paper's table, are
given if the ground truth is from photos. Confidence intervals are from resampling pairs, and differences to the
baseline are paired, as in evaluate.

The artifact holds metrics.json, query.json and gallery.json (the ground truth in the format of val_query.json and
val_gallery.json), result.json and, with a baseline, result_baseline.json, for the official script.`,
		Example: `official:
  uses: consumertoshop
  in: {photos: items, ours: ours, baseline: vgg16}
theirs:
  uses: consumertoshop
  in: {photos: items}
  with: {result: theirs.json, name: Match R-CNN}`,
		In: []dag.Port{
			{Name: "photos", Type: Photos, Optional: true, Doc: "the annotated items of user and shop photos"},
			{Name: "ours", Type: Embeddings, Optional: true, Doc: "embeddings of the items, or of detected"},
			{Name: "baseline", Type: Embeddings, Optional: true, Doc: "embeddings of the same items, to compare with"},
			{Name: "detected", Type: Photos, Optional: true, Doc: "the detected items of which ours are the embeddings"},
		},
		New: func() dag.Stage {
			return &consumerToShop{Metric: string(nearest.Cosine), Name: "a result file", Confidence: 0.95, Resamples: 1000}
		},
	}
}

type consumerToShop struct {
	Result     string  `param:"result,exec" doc:"a result file to score, instead of embeddings; the key holds its content, not its path"`
	Name       string  `param:"name" doc:"name of the method behind the result file, for tables"`
	Queries    string  `param:"queries,exec" doc:"val_query.json, for the ground truth instead of photos; the key holds its content"`
	Gallery    string  `param:"gallery,exec" doc:"val_gallery.json, likewise"`
	Metric     string  `param:"metric" enum:"cosine|l2" doc:"similarity measure"`
	Confidence float64 `param:"confidence" doc:"confidence level of the intervals"`
	Resamples  int     `param:"resamples" doc:"number of bootstrap resamples for the intervals; 0 for none"`
}

func (s *consumerToShop) UsesSeed() bool { return true }

func (s *consumerToShop) Validate() error {
	if (s.Queries == "") != (s.Gallery == "") {
		return &dag.ParamError{Param: "queries", Msg: "and gallery are one truth: set both or none"}
	}
	return validateIntervals(s.Confidence, s.Resamples)
}

// ValidatePorts asks for one result, from embeddings or from a file, and for one truth.
func (s *consumerToShop) ValidatePorts(connected map[string]int) error {
	bad := func(format string, args ...any) error {
		return &dag.ParamError{Param: "result", Msg: fmt.Sprintf(format, args...)}
	}
	switch has := func(port string) bool { return connected[port] > 0 }; {
	case s.Result == "" && !has("ours"):
		return bad("must name a result file, or the port ours be connected")
	case s.Result != "" && has("ours"):
		return bad("can't go with the connected port ours: one of them is scored, so drop the other")
	case !has("ours") && has("baseline"), !has("ours") && has("detected"):
		return bad("goes without baseline and detected, which belong to ours")
	case !has("photos") && s.Queries == "":
		return &dag.ParamError{Param: "queries", Msg: "and gallery must be set, or the port photos be connected: there is no truth otherwise"}
	case has("ours") && !has("photos") && !has("detected"):
		return &dag.ParamError{Param: "queries", Msg: "say what is right, not where the items of ours are: connect photos or detected too"}
	}
	return nil
}

// Externals gives the digests of the files.
func (s *consumerToShop) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	digests := map[string]dag.Digest{}
	for name, path := range map[string]string{"result": s.Result, "queries": s.Queries, "gallery": s.Gallery} {
		if path == "" {
			continue
		}
		d, err := files.File(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		digests[name] = d
	}
	return digests, nil
}

func (s *consumerToShop) Run(ctx context.Context, t *dag.Task) error {
	truth, items, err := s.truth(ctx, t)
	if err != nil {
		return err
	}
	models, boxes, err := s.models(ctx, t, truth, items)
	if err != nil {
		return err
	}
	bootstrap := eval.Bootstrap{Resamples: s.Resamples, Confidence: s.Confidence, Seed: t.Seed, Workers: t.Workers}
	m, err := consumertoshop.Score(ctx, truth.Truth, truth.Labels, boxes, models, bootstrap, t)
	if err != nil {
		return err
	}
	for _, model := range models {
		if err := writeList(t.Out, resultFile(model.Role), model.Results); err != nil {
			return err
		}
	}
	if err := writeList(t.Out, "query.json", truth.Queries); err != nil {
		return err
	}
	if err := writeList(t.Out, "gallery.json", truth.Gallery); err != nil {
		return err
	}
	return formats.WriteMetrics(t.Out, m)
}

// truth is what there is to find, and the items that embeddings are of.
func (s *consumerToShop) truth(ctx context.Context, t *dag.Task) (*consumertoshop.Catalogue, map[string]consumertoshop.Item, error) {
	c := &consumertoshop.Catalogue{}
	if photos, ok := t.In.One("photos"); ok {
		rows, err := formats.ReadPhotos(photos.Dir)
		if err != nil {
			return nil, nil, fmt.Errorf("reading photos: %w", err)
		}
		if c, err = consumertoshop.NewCatalogue(rows); err != nil {
			return nil, nil, fmt.Errorf("photos: %w", err)
		}
	}
	items := c.Items
	if s.Queries != "" {
		var err error
		c = &consumertoshop.Catalogue{}
		if c.Queries, err = readList[formats.QueryItem](ctx, "queries", s.Queries); err != nil {
			return nil, nil, err
		}
		if c.Gallery, err = readList[formats.GalleryItem](ctx, "gallery", s.Gallery); err != nil {
			return nil, nil, err
		}
	}
	return c, items, nil
}

// models are the results to score, and the setting they were made in.
func (s *consumerToShop) models(ctx context.Context, t *dag.Task, truth *consumertoshop.Catalogue, items map[string]consumertoshop.Item) ([]consumertoshop.Model, string, error) {
	if s.Result != "" {
		results, err := readList[formats.ShopResult](ctx, "result", s.Result)
		if err != nil {
			return nil, "", err
		}
		m := formats.MetricsModel{Role: judge.Ours, Name: s.Name, Rows: len(results)}
		return []consumertoshop.Model{{MetricsModel: m, Results: results}}, consumertoshop.Setting(truth.Truth, results), nil
	}
	boxes := consumertoshop.GroundTruthBoxes
	if detected, ok := t.In.One("detected"); ok {
		var err error
		if items, err = readDetected(ctx, detected.Dir); err != nil {
			return nil, "", err
		}
		boxes = consumertoshop.DetectedBoxes
	}
	embeddings, err := readModels(t.In)
	if err != nil {
		return nil, "", err
	}
	var models []consumertoshop.Model
	for _, e := range embeddings {
		results, gallery, err := consumertoshop.Search(ctx, e.Embeddings, items, consumertoshop.SearchOptions{
			Metric: nearest.Metric(s.Metric), Seed: t.Seed, Workers: t.Workers,
			Start: func(n int) { t.Report.Start(n, "items") }, Done: t.Report.Add,
		})
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", e.Role, err)
		}
		models = append(models, consumertoshop.Model{MetricsModel: e.About(), Results: results, Gallery: gallery})
	}
	return models, boxes, nil
}

func resultFile(role string) string {
	if role == judge.Ours {
		return "result.json"
	}
	return "result_" + role + ".json"
}

func readList[T formats.QueryItem | formats.GalleryItem | formats.ShopResult | formats.Detection](ctx context.Context, param, path string) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", param, err)
	}
	defer f.Close()
	list, err := formats.ReadList[T](untilDone{ctx, f})
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", param, path, err)
	}
	return list, nil
}

// untilDone reads until ctx is done.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

func writeList[T formats.QueryItem | formats.GalleryItem | formats.ShopResult | formats.Detection](dir, name string, list []T) (err error) {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if err := formats.WriteList(f, list); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
