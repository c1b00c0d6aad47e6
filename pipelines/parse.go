package pipelines

import (
	"errors"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

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
