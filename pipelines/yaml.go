package pipelines

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reader turns the tree of the YAML library into nodes.
type reader struct {
	c       *checker
	src     *source
	anchors map[string]*node
	open    map[string]bool // anchors whose value is being read
}

// parseYAML reads one document; nil if it could not be read (the errors say why) or is empty.
func (c *checker) parseYAML(src *source, text string) *node {
	r := &reader{c: c, src: src, anchors: map[string]*node{}, open: map[string]bool{}}
	docs, ok := r.documents(text)
	if !ok {
		return nil
	}
	for _, d := range docs {
		if n, ok := d.Body.(*ast.DirectiveNode); ok {
			c.fail(r.at(n.GetToken()), "take the line out", "directives such as `%%YAML` are not used here")
			return nil
		}
	}
	if len(docs) > 1 {
		at := place{src, 1, 1}
		if docs[1].Start != nil {
			at = r.at(docs[1].Start)
		} else if docs[1].Body != nil {
			at = r.at(docs[1].Body.GetToken())
		}
		c.fail(at, "put each experiment in a file of its own", "a second document begins here")
		return nil
	}
	if len(docs) == 0 || docs[0].Body == nil {
		return nil
	}
	return r.node(docs[0].Body)
}

// documents runs the library's parser, and makes its errors and panics ours.
func (r *reader) documents(text string) (docs []*ast.DocumentNode, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			r.c.fail(place{r.src, 1, 1}, "is it YAML at all?", "the YAML parser gave up: %v", p)
			docs, ok = nil, false
		}
	}()
	tokens := lexer.Tokenize(text)
	if !r.shallow(tokens) {
		return nil, false
	}
	// Duplicate keys are ours to report: all of them, not only the first.
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil, false
	}
	return f.Docs, true
}

// shallow refuses nesting so deep that the recursive parser would run out of stack.
func (r *reader) shallow(tokens token.Tokens) bool {
	depth, line, inLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, inLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			inLine++
		}
		if depth > maxDepth || inLine > maxDepth || t.Position.IndentNum > 4*maxDepth*8 {
			r.c.fail(r.at(t), "an experiment needs few levels", "more than %d levels of nesting", maxDepth)
			return false
		}
	}
	return true
}

// syntax reports an error of the library in words of the field.
func (r *reader) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		r.c.fail(place{r.src, 1, 1}, "", "this is not YAML: %v", err)
		return
	}
	tok := e.GetToken()
	at := r.at(tok)
	msg, hint := plainWords(e.GetMessage(), r.src.line(at.line), at.col, tok.Value)
	r.c.fail(at, hint, "%s", msg)
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
