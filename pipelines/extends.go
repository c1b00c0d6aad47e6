package pipelines

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"fashionpipe/internal/spelling"
)

// maxExtends is how many files may extend one another.
const maxExtends = 10

// tree reads a file, and the files it extends. chain names the files that lead to it, itself included. It gives nil if
// there is nothing to go on with; the mistakes say why.
func (c *checker) tree(src *source, bytes []byte, chain []string) *node {
	c.file = src
	text, ok := c.scan(bytes)
	if !ok {
		return nil
	}
	root := c.parseYAML(src, text)
	switch {
	case root == nil && len(c.errs) > 0:
		return nil
	case root == nil || root.isNull():
		c.fail(c.placeOf(1, 1), "an experiment has at least `stages:`; `pipe kinds` shows examples", "the file is empty")
		return nil
	case root.shape != mapping:
		c.failAt(root, "begin with `stages:`; `pipe kinds` shows examples", "an experiment is a mapping, not %s", root.describe())
		return nil
	}
	value := root.get("extends")
	if value == nil {
		return root
	}
	base := c.base(src, value, chain)
	c.file = src
	if base == nil {
		return nil
	}
	m := merger{c: c, base: base.at.src.name, seen: map[[2]*node]*node{}}
	return m.files(base, root)
}

// base reads the file that `extends:` names.
func (c *checker) base(src *source, n *node, chain []string) *node {
	switch {
	case n.shape != scalar || n.isNull() || n.text == "":
		c.failAt(n, "write `extends: other.yaml`", "`extends` names a file, not %s", n.describe())
		return nil
	case strings.Contains(n.text, "${"):
		c.failAt(n, "write the path out", "`extends` takes no references")
		return nil
	}
	path := n.text
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(src.name), path)
	}
	for i, name := range chain {
		if filepath.Clean(name) == path {
			c.failAt(n, "one of them must stand alone", "the files extend each other in a circle: %s", strings.Join(append(chain[i:len(chain):len(chain)], path), " → "))
			return nil
		}
	}
	if len(chain) > maxExtends {
		c.failAt(n, "", "more than %d files extend one another: %s", maxExtends, strings.Join(chain, " → "))
		return nil
	}
	bytes, err := c.readFile(path)
	if err != nil {
		c.unreadable(n, path, chain, err)
		return nil
	}
	return c.tree(&source{name: path, order: len(chain)}, bytes, append(chain, path))
}

// unreadable says why a file can't be extended.
func (c *checker) unreadable(n *node, path string, chain []string, err error) {
	way := ""
	if len(chain) > 1 {
		way = " (" + strings.Join(append(chain, path), " → ") + ")"
	}
	if !errors.Is(err, fs.ErrNotExist) {
		c.failAt(n, "", "%s can't be extended: %v%s", path, err, way)
		return
	}
	hint := "the path starts at the folder of the file that says it"
	if near, ok := spelling.Nearest(filepath.Base(path), c.yamlFiles(filepath.Dir(path))); ok {
		hint = fmt.Sprintf("did you mean `%s`?", filepath.Join(filepath.Dir(n.text), near))
	}
	c.failAt(n, hint, "there is no file %s%s", path, way)
}
