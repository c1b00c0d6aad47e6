package dag

// Node is one stage of an experiment.
type Node struct {
	Name  string
	Kind  *Kind
	Stage Stage               // its parameters decoded and validated
	In    map[string][]string // port → names of the nodes connected to it, in order
	Seed  uint64              // the experiment's, unless the stage has its own
	Allow []string            // gates that may fail
	GPU   int                 // GPUs it wants to itself while it runs; 0 for none
}

// Graph is a checked experiment: node names are unique, every connection exists and has the right type, every port
// that must be connected is, and there is no cycle.
type Graph struct {
	Name  string
	Nodes []*Node // each after all that it depends on
}
