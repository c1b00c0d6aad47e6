package pipelines

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// reader turns the tree of the YAML library into nodes.
type reader struct {
	c       *checker
	src     *source
	anchors map[string]*node
	open    map[string]bool // anchors whose value is being read
}

// node converts a value.
func (r *reader) node(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.MappingNode:
		m := r.mapping(n.GetToken(), n.Values)
		if n.IsFlowStyle {
			m.at = r.at(n.Start)
		}
		return m
	case *ast.MappingValueNode:
		return r.mapping(n.GetToken(), []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		l := &node{at: r.at(n.Start), shape: list}
		for _, v := range n.Values {
			l.items = append(l.items, r.node(v))
		}
		return l
	case *ast.AnchorNode:
		return r.anchor(n)
	case *ast.AliasNode:
		return r.alias(n)
	case *ast.TagNode:
		r.c.fail(r.at(n.Start), "quotes make a text of a value; numbers need nothing", "tags such as `%s` are not used here", n.Start.Value)
		return &node{at: r.at(n.Start), quoted: true, bad: true}
	case *ast.LiteralNode:
		return &node{at: r.at(n.Start), text: n.Value.Value, quoted: true}
	}
	t := n.GetToken()
	s := &node{at: r.at(t), text: t.Value}
	switch t.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		s.quoted = true
	case token.ImplicitNullType:
		s.text = ""
	}
	return s
}

func (r *reader) mapping(t *token.Token, values []*ast.MappingValueNode) *node {
	m := &node{at: r.at(t), shape: mapping}
	seen := map[string]*node{}
	for i, v := range values {
		key := r.key(v.Key)
		if i == 0 {
			m.at = key.at
		}
		value := r.node(v.Value)
		if value.isNull() && value.text == "" {
			value.at = key.at // an empty value has no place of its own
		}
		if first := seen[key.text]; first != nil {
			r.c.fail(key.at, fmt.Sprintf("it is first given on line %d; keep one of them", first.at.line), "the key `%s` is given twice", clip(key.text))
			continue
		}
		seen[key.text] = key
		m.pairs = append(m.pairs, pair{key, value})
	}
	return m
}

func (r *reader) key(k ast.MapKeyNode) *node {
	at := r.at(k.GetToken())
	switch k := k.(type) {
	case *ast.MergeKeyNode:
		r.c.fail(at, "use a variable, or an alias for the whole value (`with: *name`)", "merge keys (`<<`) are not used here")
		return &node{at: at, text: "<<", bad: true}
	case ast.ScalarNode:
		n := r.node(k)
		if n.text == "" {
			n.text = strings.TrimSpace(k.GetToken().Value)
		}
		return n
	}
	r.c.fail(at, "write `key: value`", "a key must be a name")
	return &node{at: at, bad: true}
}

func (r *reader) anchor(n *ast.AnchorNode) *node {
	name := n.Name.GetToken().Value
	if r.anchors[name] != nil {
		r.c.fail(r.at(n.Start), "give one of them another name", "the anchor `&%s` is given twice", name)
	}
	r.open[name] = true
	v := r.node(n.Value)
	delete(r.open, name)
	r.anchors[name] = v
	return v
}

func (r *reader) alias(n *ast.AliasNode) *node {
	at := r.at(n.Start)
	name := n.Value.GetToken().Value
	if v := r.anchors[name]; v != nil {
		return v
	}
	if r.open[name] {
		r.c.fail(at, "", "`*%s` stands inside the value it stands for", name)
	} else {
		r.c.fail(at, suggest(name, sortedKeys(r.anchors), "anchors above"), "there is no anchor `&%s` above", name)
	}
	return &node{at: at, quoted: true, bad: true}
}

// at is the place of a token, kept inside the source whatever the library says.
func (r *reader) at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{r.src, 1, 1}
	}
	return place{r.src, t.Position.Line, t.Position.Column}
}
