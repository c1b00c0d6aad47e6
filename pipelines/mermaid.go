package pipelines

import (
	"fmt"
	"strings"

	"fashionpipe/dag"
)

// Mermaid draws a graph as a Mermaid flowchart: a box per stage with its name and kind, an arrow per connection with
// the name of the port. GitHub and most Markdown viewers show it.
func Mermaid(g *dag.Graph) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	ids := map[string]string{}
	for i, n := range g.Nodes {
		// Names may be words of Mermaid ("end", "graph"), so boxes are numbered.
		ids[n.Name] = fmt.Sprintf("s%d", i+1)
		fmt.Fprintf(&b, "    %s[\"%s<br/><i>%s</i>\"]\n", ids[n.Name], mermaidText(n.Name), mermaidText(n.Kind.Name))
	}
	for _, n := range g.Nodes {
		for _, p := range n.Kind.In {
			for _, from := range n.In[p.Name] {
				fmt.Fprintf(&b, "    %s -->|\"%s\"| %s\n", ids[from], mermaidText(p.Name), ids[n.Name])
			}
		}
	}
	return b.String()
}

// mermaidText writes a text for between Mermaid's quotes, where only entities escape.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "&", "#amp;").Replace(s)
}
