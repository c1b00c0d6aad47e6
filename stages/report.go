package stages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/internal/giveup"
	"fashionpipe/internal/report"
)

// reportKind draws the page people look at.
func reportKind() *dag.Kind {
	return &dag.Kind{
		Name:    "report",
		Version: 8,
		Summary: "Writes an HTML page: scores, training, galleries, clusters, map",
		Doc: `Writes report.html: a single self-contained page that needs no network, for screens, phones and print. Its
script is optional (a photo under the pointer on the map, buttons to copy); without it the page still shows
everything.

Only images must be connected; sections whose input is missing are left out. The scores determine what belongs to
ours: a table made from the embeddings that they call ours. Without scores, the first list of neighbours (or else
embeddings, or else clusters) is ours and the others are baselines.

Queries, the random members of clusters and the points of the map are drawn with the seed. The map is a projection on
the first two principal components of the points shown.

The page in the artifact does not contain when or how fast it was made. The page that a run writes to its results
folder does, and also has the experiment's text, its name as the title, and the stages of models with the same name.`,
		Example: `report:
  uses: report
  in:
    images: test_images
    scores: scores
    neighbours: [near, near_vgg16]
    clusters: clusters
    embeddings: [ours, vgg16]
    encoder: encoder
  with: {title: "ResNet18 against VGG16"}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "the photos that were embedded"},
			{Name: "scores", Type: Metrics, Optional: true, Doc: "scores from evaluate"},
			{Name: "neighbours", Type: Neighbours, Optional: true, Many: true, Doc: "galleries, ours first"},
			{Name: "clusters", Type: Clusters, Optional: true, Many: true, Doc: "montages, ours first"},
			{Name: "embeddings", Type: Embeddings, Optional: true, Many: true, Doc: "maps, ours first"},
			{Name: "encoder", Type: Encoder, Optional: true, Doc: "for training curves and collapse"},
			{Name: "gallery", Type: Images, Optional: true, Doc: "the photos of the gallery, if neighbours are from one"},
			{Name: "photos", Type: Photos, Optional: true, Many: true, Doc: "catalogues, for sizes and rejects"},
			{Name: "shop", Type: Metrics, Optional: true, Many: true, Doc: "scores from consumertoshop"},
			{Name: "judgements", Type: Judgements, Optional: true, Doc: "human judgements of ours and the baseline"},
			{Name: "drift", Type: Drift, Optional: true, Doc: "comparison with the clusters of the last run"},
		},
		Out:   Report,
		New:   func() dag.Stage { return newReportStage() },
		Check: checkReport,
	}
}

type reportStage struct {
	Title     string `param:"title" doc:"heading of the page; by default, the name of the experiment"`
	Queries   int    `param:"queries" doc:"number of query photos in the galleries, drawn at random"`
	Top       int    `param:"top" doc:"number of neighbours shown per query"`
	Clusters  int    `param:"clusters" doc:"number of clusters shown, divided among the clusterings; the largest first"`
	Samples   int    `param:"cluster_samples" doc:"photos shown per cluster: two thirds nearest to its centre, the rest at random"`
	MapPoints int    `param:"map_points" doc:"number of photos on the map, drawn at random"`
	Rejects   int    `param:"rejects" doc:"number of rejected photos listed by name"`
}

func newReportStage() *reportStage {
	o := report.Defaults()
	return &reportStage{o.Title, o.Queries, o.Top, o.Clusters, o.ClusterSamples, o.MapPoints, o.Rejects}
}

// UsesSeed says that the page depends on the seed.
func (s *reportStage) UsesSeed() bool { return true }

// Validate keeps the page to a size that browsers can show.
func (s *reportStage) Validate() error {
	for _, p := range []struct {
		name       string
		value, max int
	}{{"queries", s.Queries, 200}, {"top", s.Top, 20}, {"clusters", s.Clusters, 500}, {"cluster_samples", s.Samples, 100},
		{"map_points", s.MapPoints, 2000}, {"rejects", s.Rejects, 10000}} {
		if p.value < 0 || p.value > p.max {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be 0 … %d, not %d", p.max, p.value)}
		}
	}
	return nil
}

// ValidateInputs asks for the gallery's photos where neighbours are of a gallery.
func (s *reportStage) ValidateInputs(in map[string][]*dag.Node) error {
	for i, n := range in["neighbours"] {
		if hasGallery(n) && len(in["gallery"]) == 0 {
			return &dag.WireError{Port: "neighbours", Index: i, Msg: fmt.Sprintf("`%s` found neighbours in a gallery: connect the images of that gallery to port gallery too", n.Name)}
		}
	}
	may := func(n *dag.Node) bool {
		_, known := n.Stage.(*retrieve)
		return !known || hasGallery(n)
	}
	if len(in["gallery"]) > 0 && !slices.ContainsFunc(in["neighbours"], may) {
		return &dag.WireError{Port: "gallery", Msg: "no stage at neighbours found them in a gallery: leave it out"}
	}
	return nil
}

// Run reads the inputs and draws the page.
func (s *reportStage) Run(ctx context.Context, t *dag.Task) error {
	page, err := giveup.Do(ctx, func() ([]byte, error) { return s.page(ctx, t) }, nil) // reading gigabytes can't be stopped
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.Out, "report.html"), page, 0o644)
}

func (s *reportStage) page(ctx context.Context, t *dag.Task) (page []byte, err error) {
	in, err := report.Read(ctx, reportFolders(t.In))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var b bytes.Buffer
	err = report.Write(ctx, &b, in.Input, report.Options{Title: s.Title, Seed: t.Seed, Queries: s.Queries, Top: s.Top,
		Clusters: s.Clusters, ClusterSamples: s.Samples, MapPoints: s.MapPoints, Rejects: s.Rejects})
	return b.Bytes(), err
}

// reportFolders says where each input lies.
func reportFolders(in dag.Inputs) report.Folders {
	var f report.Folders
	dirs := func(port string) (ds []string) {
		for _, a := range in[port] {
			ds = append(ds, a.Dir)
		}
		return ds
	}
	for port, to := range map[string]*string{"images": &f.Images, "gallery": &f.Gallery, "scores": &f.Scores, "encoder": &f.Encoder, "drift": &f.Drift, "judgements": &f.Judgements} {
		a, _ := in.One(port)
		*to = a.Dir
	}
	folders := func(port string) (fs []report.Folder) {
		for _, a := range in[port] {
			fs = append(fs, report.Folder{Dir: a.Dir, Digest: string(a.Digest)})
		}
		return fs
	}
	f.Neighbours, f.Photos, f.Shops = dirs("neighbours"), dirs("photos"), dirs("shop")
	f.Clusters, f.Embeddings = folders("clusters"), folders("embeddings")
	return f
}

// checkReport says whether a folder holds a whole report.
func checkReport(dir string) error {
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		return err
	}
	return report.Check(page)
}
