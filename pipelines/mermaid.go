package pipelines

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/dag"
)

// Mermaid draws a graph as a Mermaid flowchart: a box per stage with its name and kind, an arrow per connection with
// the name of the port. GitHub and most Markdown viewers show it. Of a sweep it draws the stages of the file, each with
// the number of its nodes where there are several ("encoder ×12").
func Mermaid(g *dag.Graph) string {
	d := drawing{boxes: map[string]*box{}}
	for _, n := range g.Nodes {
		d.box(n)
	}
	for _, n := range g.Nodes {
		for _, p := range n.Kind.In {
			for _, from := range n.In[p.Name] {
				d.arrow(from, p.Name, n.Name)
			}
		}
	}
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i, x := range d.order {
		// Names may be words of Mermaid ("end", "graph"), so boxes are numbered.
		x.id = fmt.Sprintf("s%d", i+1)
		name := mermaidText(x.name)
		if x.nodes > 1 {
			name += fmt.Sprintf(" ×%d", x.nodes)
		}
		fmt.Fprintf(&b, "    %s[\"%s<br/><i>%s</i>\"]\n", x.id, name, mermaidText(strings.Join(x.kinds, ", ")))
	}
	for _, a := range d.arrows {
		fmt.Fprintf(&b, "    %s -->|\"%s\"| %s\n", a.from.id, mermaidText(a.port), a.to.id)
	}
	return b.String()
}

// drawing gathers the nodes of each stage.
type drawing struct {
	order  []*box
	boxes  map[string]*box // by the name of a node, and by that of its stage behind a "/", which no node has
	arrows []arrow
	drawn  map[arrow]bool
}

type box struct {
	id, name string
	kinds    []string // more than one where a sweep changes `uses`
	nodes    int
}

type arrow struct {
	from *box
	port string
	to   *box
}

func (d *drawing) box(n *dag.Node) {
	name := n.Base
	if name == "" {
		name = n.Name
	}
	x := d.boxes["/"+name]
	if x == nil {
		x = &box{name: name}
		d.boxes["/"+name] = x
		d.order = append(d.order, x)
	}
	x.nodes++
	if !slices.Contains(x.kinds, n.Kind.Name) {
		x.kinds = append(x.kinds, n.Kind.Name)
	}
	d.boxes[n.Name] = x
}

func (d *drawing) arrow(from, port, to string) {
	a := arrow{d.boxes[from], port, d.boxes[to]}
	if d.drawn == nil {
		d.drawn = map[arrow]bool{}
	}
	if !d.drawn[a] {
		d.drawn[a] = true
		d.arrows = append(d.arrows, a)
	}
}

// mermaidText writes a text for between Mermaid's quotes, where only entities escape.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;").Replace(s)
}
