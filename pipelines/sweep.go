package pipelines

// Sweep is an experiment over axes. The graph of the experiment then holds all variants, each stage once that is the
// same in several of them.
type Sweep struct {
	Axes     []Axis
	Variants []Variant // in the order of the file, the last axis fastest
}

// Axis is one thing that a sweep varies.
type Axis struct {
	Name   string   // short and unique: "grid", or "decode.grid" where two end alike; "variant" for a list of named overrides
	Paths  []string // what it changes: "stages.images.with.grid"; several where a zip or a list changes them together
	Values []string // its points as people read them, each once, in the order of the file
}

// Variant is one point of a sweep.
type Variant struct {
	Name   string            // "grid=2x2,seed=1": unique, and good for a file name
	Values []string          // one per axis, of Axis.Values
	Nodes  map[string]string // name of a stage in the file → name of its node in the experiment's graph
}
