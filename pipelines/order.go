package pipelines

import (
	"strings"

	"fashionpipe/dag"
)

// graph puts the stages in order, each after all it depends on and otherwise as in the file, or reports the cycles.
func (c *checker) graph(name string) *dag.Graph {
	g := &dag.Graph{Name: name}
	placed := map[string]bool{}
	for progress := true; progress; {
		progress = false
		for _, s := range c.order {
			if placed[s.name] || !c.ready(s, placed) {
				continue
			}
			placed[s.name], progress = true, true
			g.Nodes = append(g.Nodes, &dag.Node{Name: s.name, Kind: s.kind, Stage: s.work, In: s.in, Seed: s.seed, Allow: s.allow, GPU: s.gpu})
			break // begin again, so that the file's order decides
		}
	}
	inCycle := map[string]bool{}
	for _, s := range c.order {
		if !placed[s.name] && !inCycle[s.name] {
			c.cycle(s, placed, inCycle)
		}
	}
	return g
}

func (c *checker) ready(s *stage, placed map[string]bool) bool {
	for _, from := range s.before() {
		if !placed[from] {
			return false
		}
	}
	return true
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

// cycle walks back from a stage that can't be placed until a stage comes twice, and reports that circle once. A stage
// that only depends on a circle leads into it.
func (c *checker) cycle(s *stage, placed, inCycle map[string]bool) {
	var path []*stage
	seen := map[string]int{}
	for {
		if inCycle[s.name] {
			break // leads into a circle that was reported
		}
		if i, ok := seen[s.name]; ok {
			c.reportCycle(path[i:])
			break
		}
		seen[s.name] = len(path)
		path = append(path, s)
		for _, from := range s.before() {
			if !placed[from] {
				s = c.stages[from]
				break
			}
		}
	}
	for _, p := range path {
		inCycle[p.name] = true
	}
}

// reportCycle gets the stages of a circle, each reading the next, and tells them the way the data flows, from the one
// that stands first in the file.
func (c *checker) reportCycle(circle []*stage) {
	first := 0
	for i, s := range circle {
		if s.key.at.line < circle[first].key.at.line {
			first = i
		}
	}
	names := []string{circle[first].name}
	for i := range circle {
		names = append(names, circle[(first+len(circle)-1-i)%len(circle)].name)
	}
	reads := circle[(first+1)%len(circle)].name
	at := circle[first].refs[reads]
	if len(circle) == 1 {
		c.failAt(at, "", "stage `%s` reads its own output", reads)
		return
	}
	c.failAt(at, "one of these connections must go", "the stages go round in a circle: %s", strings.Join(names, " → "))
}
