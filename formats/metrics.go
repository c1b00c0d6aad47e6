package formats

import "fmt"

// MetricsFile is the file of a metrics artifact.
const MetricsFile = "metrics.json"

// Metrics is metrics.json: how good embeddings and clusters are, with intervals.
type Metrics struct {
	Models     []MetricsModel
	Retrieval  []RetrievalScore
	Background []BackgroundScore
	Difference []Difference
	Clusters   []ClusterScore
	Protocol   *Protocol // nil but for consumer-to-shop retrieval
	Confidence float64   // of every interval: 0.95
	Resamples  int       // of the bootstrap; 0: there are no intervals
}

// MetricsModel is a model that was judged.
type MetricsModel struct {
	Role       string `json:"role"`       // "ours" or "baseline"
	Name       string `json:"name"`       // EmbeddingsMeta.Model
	Dim        int    `json:"dim"`        // length of its vectors
	Random     bool   `json:"random"`     // weights never trained
	Embeddings string `json:"embeddings"` // digest of the embeddings artifact
	Rows       int    `json:"rows"`       // vectors judged

	Gallery     string `json:"gallery,omitempty"`      // digest of the embeddings that Retrieval is against; "": the vectors judged themselves
	GalleryRows int    `json:"gallery_rows,omitempty"` // of that gallery
}

// RetrievalScore is one measure of one model's neighbours.
type RetrievalScore struct {
	Role    string  // "ours" or "baseline"
	By      string  // what makes a positive: "category" or "garment"; of consumer-to-shop retrieval Protocol.Boxes
	Measure string  // "recall@1", "precision@5", "r_precision", "map@r", "map@20", "mrr@20", "ndcg@20"; "top-1"
	Value   float64 // 0 … 1; NaN: not measured (no query had a positive); null in the file
	Low     float64 // bounds of the interval; NaN: none; null in the file
	High    float64
	Chance  float64 // what Value is in the mean if the rows to be found come in random order; NaN as Value is
	Queries int     // that had a positive and were counted
	Skipped int     // without a positive, not in Value
}

// OverAll is the value if queries without a positive count as 0, rather than being left out; NaN where Value is.
func (s RetrievalScore) OverAll() float64 {
	return s.Value * (float64(s.Queries) / float64(s.Queries+s.Skipped))
}

// BackgroundScore is one measure of how much of one model's neighbours the background explains.
type BackgroundScore struct {
	Role    string  // "ours" or "baseline"
	Measure string  // "sensitivity", "confusion", "excess", "scene@5", "garment@5"; "overlap@5", "explained@5": against photos without background
	Value   float64 // 0 … 1, excess -1 … 1; NaN: not measured
	Low     float64 // bounds of the interval; NaN: none
	High    float64
	Chance  float64 // what Value is in the mean if the rows to be found come in random order
	Queries int     // that were counted
	Skipped int     // that were not, for want of what they are judged by
}

// Difference is ours minus the baseline, over the same queries.
type Difference struct {
	By      string // as in RetrievalScore; "background" for a BackgroundScore
	Measure string
	Value   float64 // NaN: not measured
	Low     float64 // bounds of the interval; NaN: none
	High    float64
}

// ClusterScore is one measure of one clustering.
type ClusterScore struct {
	Role      string // "ours" or "baseline"
	Clusters  string // digest of the clusters artifact: what tells two clusterings apart
	Label     string // for people: ClustersMeta.Label, with the beginning of the digest where two would read alike
	Algorithm string // "kmeans" or "meanshift"
	K         int    // clusters found
	By        string // labels compared with: "category" or "garment"; "" for silhouette, which needs none
	Measure   string // "nmi", "ami", "ari", "v_measure", "homogeneity", "completeness", "purity", "silhouette"
	Value     float64
	Low       float64 // bounds of the interval, which only ami, ari and silhouette have; NaN: none
	High      float64
}

// WriteMetrics writes metrics.json into dir. NaN becomes null; an infinity is an error.
func WriteMetrics(dir string, m *Metrics) error {
	return writeJSON(dir, MetricsFile, m.file())
}

// ReadMetrics reads metrics.json of dir. A key it doesn't know or another version is an error.
func ReadMetrics(dir string) (*Metrics, error) {
	return readJSON(dir, MetricsFile, parseMetrics)
}

func parseMetrics(b []byte) (*Metrics, error) {
	var f metricsFile
	if err := unmarshalStrict(b, &f); err != nil {
		return nil, err
	}
	if err := checkVersion(f.Format, f.Version, "metrics"); err != nil {
		return nil, err
	}
	for i, r := range f.Retrieval {
		if r.Queries < 0 || r.Skipped < 0 {
			return nil, fmt.Errorf("retrieval %d: %d queries and %d skipped can't be", i, r.Queries, r.Skipped)
		}
	}
	return f.metrics(), nil
}

// CheckMetrics says whether dir is a whole metrics artifact.
func CheckMetrics(dir string) error {
	_, err := ReadMetrics(dir)
	return err
}
