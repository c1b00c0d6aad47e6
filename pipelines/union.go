package pipelines

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"fashionpipe/dag"
)

// union puts the variants of a sweep into one graph.
type union struct {
	l     *lab
	vs    []*variant
	ids   map[string]int // what a stage is, without its inputs → its number
	nodes []*joint
	known map[string]int // what a node is, with its inputs → its index
	rows  [][]int        // variant → stage → node
}

// joint is a node of the graph: a stage that is the same in one or more variants.
type joint struct {
	entry, first int // the stage's index in the file, and the first variant that has it
	stage        *stage
	seed         uint64
	name         string
}

// union makes the graph of all variants. A stage that is equal in several of them, and all before it, is one node.
func (l *lab) union(name string, vs []*variant) (*dag.Graph, *Sweep) {
	u := &union{l: l, vs: vs, ids: map[string]int{}, known: map[string]int{}}
	for i := range vs {
		u.add(i)
		if len(u.nodes) > maxNodes {
			l.c.failAt(l.sweep.key, "take values out", "the sweep has more than %d different stages", maxNodes)
			return nil, nil
		}
	}
	u.distinct()
	u.nameNodes()
	nodes := make([]*dag.Node, len(u.nodes))
	used := map[dag.Stage]bool{}
	for i, n := range u.nodes {
		nodes[i] = u.node(n, used)
	}
	g, err := dag.NewGraph(name, nodes)
	if err != nil {
		u.failInputs(err)
		return nil, nil
	}
	if l.sweep.key == nil {
		return g, nil
	}
	return g, u.sweep()
}

// failInputs shows what stages have against their inputs, once for each place in the file. Every other mistake was found
// with its place before.
func (u *union) failInputs(err error) {
	at := map[string]*stage{}
	for _, n := range u.nodes {
		at[n.name] = n.stage
	}
	told := map[*node]bool{}
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		w := new(dag.WireError)
		if !errors.As(err, &w) || w.Problem != dag.Mismatch {
			panic(fmt.Sprintf("pipelines: the graph of an experiment that was checked: %v", err))
		}
		s := at[w.Node]
		if n := s.refs[s.in[w.Port][w.Index]]; !told[n] {
			told[n] = true
			u.l.c.failAt(n, "", "port `%s`: %s", w.Port, w.Msg)
		}
	}
}

// add finds or makes the nodes of a variant.
func (u *union) add(i int) {
	v := u.vs[i]
	row := make([]int, len(v.order))
	var key []byte
	for _, e := range v.seq {
		s := v.order[e]
		if s.id == 0 {
			s.id = u.identify(s)
		}
		seed := v.seed
		if s.ownSeed {
			seed = s.seed
		}
		key = binary.AppendUvarint(key[:0], uint64(e))
		key = binary.AppendUvarint(key, uint64(s.id))
		if usesSeed(s.work) {
			key = binary.AppendUvarint(key, seed)
		}
		for _, p := range s.kind.In {
			key = binary.AppendUvarint(key, uint64(len(s.in[p.Name])))
			for _, from := range s.in[p.Name] {
				key = binary.AppendUvarint(key, uint64(row[u.l.c.index[from]]))
			}
		}
		n, ok := u.known[string(key)]
		if !ok {
			n = len(u.nodes)
			u.known[string(key)] = n
			u.nodes = append(u.nodes, &joint{entry: e, first: i, stage: s, seed: seed})
		}
		row[e] = n
	}
	u.rows = append(u.rows, row)
}

func usesSeed(s dag.Stage) bool {
	u, ok := s.(dag.Seeded)
	return ok && u.UsesSeed()
}

// identify numbers what a stage is apart from its name, seed and inputs: two stages with one number work alike.
func (u *union) identify(s *stage) int {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s %s", s.kind.Name, s.kind.Version, s.res, yamlValue(reflect.ValueOf(s.allow)))
	v := reflect.ValueOf(s.work).Elem()
	for _, p := range u.l.c.params(s.kind) {
		b.WriteByte(' ')
		b.WriteString(yamlValue(v.Field(p.Index)))
	}
	id, ok := u.ids[b.String()]
	if !ok {
		id = len(u.ids) + 1
		u.ids[b.String()] = id
	}
	return id
}

// node makes the node of the graph. Nodes never share a struct of parameters: a stage may keep something in it while
// it runs.
func (u *union) node(n *joint, used map[dag.Stage]bool) *dag.Node {
	s := n.stage
	out := &dag.Node{Name: n.name, Kind: s.kind, Stage: s.work, In: map[string][]string{}, Seed: n.seed, Allow: s.allow,
		CPU: s.res.cpu, Memory: s.res.memory, GPU: s.res.gpu, NoGPU: s.res.noGPU}
	if n.name != s.name {
		out.Base = s.name
	}
	if used[s.work] {
		copied := reflect.New(reflect.TypeOf(s.work).Elem())
		copied.Elem().Set(reflect.ValueOf(s.work).Elem())
		out.Stage = copied.Interface().(dag.Stage)
	}
	used[s.work] = true
	row := u.rows[n.first]
	for port, froms := range s.in {
		for _, from := range froms {
			out.In[port] = append(out.In[port], u.nodes[row[u.l.c.index[from]]].name)
		}
	}
	return out
}

// sweep tells of the axes and variants.
func (u *union) sweep() *Sweep {
	s := &Sweep{}
	for _, a := range u.l.sweep.axes {
		axis := Axis{Name: a.name}
		for _, p := range a.paths {
			axis.Paths = append(axis.Paths, p.path)
		}
		for _, p := range a.points {
			axis.Values = append(axis.Values, p.label)
		}
		s.Axes = append(s.Axes, axis)
	}
	for i, v := range u.vs {
		variant := Variant{Name: u.l.sweep.name(v.at), Nodes: make(map[string]string, len(v.order))}
		for a, p := range v.at {
			variant.Values = append(variant.Values, s.Axes[a].Values[p])
		}
		for e, n := range u.rows[i] {
			variant.Nodes[v.order[e].name] = u.nodes[n].name
		}
		s.Variants = append(s.Variants, variant)
	}
	return s
}
