package pipelines

import "strings"

// sorted puts the stages in order, each after all it depends on and otherwise as in the file, and reports the circles.
// It gives indices of c.order.
func (c *checker) sorted() []int {
	o := &ordering{c: c, state: make([]visit, len(c.order)), out: make([]int, 0, len(c.order))}
	for i := range c.order {
		if o.state[i] == unseen {
			o.visit(i)
		}
	}
	return o.out
}

type visit uint8

const (
	unseen visit = iota
	open         // on the path that is walked
	done
)

// ordering is a walk in depth along the inputs of stages.
type ordering struct {
	c     *checker
	state []visit
	path  []int // each reads the next
	out   []int
}

func (o *ordering) visit(s int) {
	o.state[s] = open
	o.path = append(o.path, s)
	stage := o.c.order[s]
	if stage.kind != nil {
		for _, p := range stage.kind.In {
			for _, name := range stage.in[p.Name] {
				o.follow(o.c.index[name])
			}
		}
	}
	o.path = o.path[:len(o.path)-1]
	o.state[s] = done
	o.out = append(o.out, s)
}

func (o *ordering) follow(from int) {
	switch o.state[from] {
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

// reportCircle gets the stages of a circle, each reading the next, and names them the way the data flows, from the one
// the walk met first, which is the first of them in the file that anything leads to.
func (c *checker) reportCircle(circle []int) {
	first := c.order[circle[0]]
	if len(circle) == 1 {
		c.failAt(first.refs[first.name], "", "stage `%s` reads its own output", first.name)
		return
	}
	names := []string{first.name}
	for i := len(circle) - 1; i >= 0; i-- {
		names = append(names, c.order[circle[i]].name)
	}
	c.failAt(first.refs[c.order[circle[1]].name], "one of these connections must go",
		"the stages go round in a circle: %s", strings.Join(names, " → "))
}
