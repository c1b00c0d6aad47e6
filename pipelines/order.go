package pipelines

import (
	"strings"

	"fashionpipe/dag"
)

// graph puts the stages in order, each after all it depends on and otherwise as in the file, and reports the circles.
func (c *checker) graph(name string) *dag.Graph {
	o := &ordering{c: c, state: map[*stage]visit{}, graph: &dag.Graph{Name: name}}
	for _, s := range c.order {
		o.visit(s)
	}
	return o.graph
}

type visit int

const (
	unseen visit = iota
	open         // on the path that is walked
	done
)

// ordering is a walk in depth along the inputs of stages.
type ordering struct {
	c     *checker
	state map[*stage]visit
	path  []*stage // each reads the next
	graph *dag.Graph
}

func (o *ordering) visit(s *stage) {
	o.state[s] = open
	o.path = append(o.path, s)
	for _, name := range s.before() {
		switch from := o.c.stages[name]; o.state[from] {
		case unseen:
			o.visit(from)
		case open:
			i := len(o.path) - 1
			for o.path[i] != from {
				i--
			}
			o.c.reportCircle(o.path[i:])
		}
	}
	o.path = o.path[:len(o.path)-1]
	o.state[s] = done
	o.graph.Nodes = append(o.graph.Nodes, &dag.Node{
		Name: s.name, Kind: s.kind, Stage: s.work, In: s.in, Seed: s.seed, Allow: s.allow, GPU: s.gpu,
	})
}

// before lists the stages that s reads, by port and then as in the file.
func (s *stage) before() []string {
	var names []string
	if s.kind == nil {
		return nil
	}
	for _, p := range s.kind.In {
		names = append(names, s.in[p.Name]...)
	}
	return names
}

// reportCircle gets the stages of a circle, each reading the next, and names them the way the data flows, from the one
// the walk met first, which is the first of them in the file that anything leads to.
func (c *checker) reportCircle(circle []*stage) {
	first := circle[0]
	if len(circle) == 1 {
		c.failAt(first.refs[first.name], "", "stage `%s` reads its own output", first.name)
		return
	}
	names := []string{first.name}
	for i := len(circle) - 1; i >= 0; i-- {
		names = append(names, circle[i].name)
	}
	c.failAt(first.refs[circle[1].name], "one of these connections must go",
		"the stages go round in a circle: %s", strings.Join(names, " → "))
}
