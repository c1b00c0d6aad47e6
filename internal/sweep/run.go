package sweep

import "fashionpipe/formats"

// Axis is one thing that the sweep varies.
type Axis struct {
	Name   string
	Values []string // in the order of the file
	Seed   bool     // it changes nothing but seeds: the table folds it
}

// Run is a variant as it ran.
type Run struct {
	Name     string   // of the variant: "grid=2x2,seed=1"
	Values   []string // one per axis
	Metrics  []Metrics
	Encoders []Encoder
	Lists    []List   // neighbours of photos, where comparisons can read what each query found
	Problem  string   // the stage that failed and why, in one line; "" where all went well
	Gates    []string // quality gates that failed: "encoder: collapse"
	Unread   bool     // there are scores that were not read, for want of time
	Missing  bool     // a stage of it was not asked for, or the run ended before it
}

// Metrics are the scores of one stage.
type Metrics struct {
	Stage string // its name in the file
	*formats.Metrics
	Clusterings map[string]string // digest of clusters → the name of their stage in the file
}

// Encoder is what training says of its encoder.
type Encoder struct {
	Stage  string  // its name in the file
	Spread float64 // formats.Collapse.StdRatio: 0 of a constant, at most 1
}

// List is a neighbours artifact.
type List struct {
	Dir        string
	Embeddings string // digest of the embeddings that it is of
}

// ok says whether nothing went wrong with a variant.
func (r *Run) ok() bool { return r.Problem == "" && !r.Missing }
