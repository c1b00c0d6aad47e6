package pipelines

import (
	"cmp"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/dag"
)

// checker reads one experiment and gathers its mistakes.
type checker struct {
	registry *dag.Registry
	getenv   func(string) (string, bool)
	file     *source
	errs     Errors

	vars   map[string]*variable
	stages map[string]*stage
	order  []*stage // in the order of the file
	seed   uint64
}

var topKeys = []string{"name", "seed", "vars", "stages", "sweep", "schedule"}

func (c *checker) read(name string, src []byte, set []string) *Experiment {
	text, ok := c.scan(src)
	if !ok {
		return nil
	}
	root := c.parseYAML(c.file, text)
	if len(c.errs) > 0 && root == nil {
		return nil
	}
	if root == nil || root.isNull() {
		c.fail(c.placeOf(1, 1), "an experiment has at least `stages:`; `pipe kinds` shows examples", "the file is empty")
		return nil
	}
	if root.shape != mapping {
		c.failAt(root, "begin with `stages:`; `pipe kinds` shows examples", "an experiment is a mapping, not %s", root.describe())
		return nil
	}
	root = c.applySet(root, set)
	c.topLevel(root)
	x := &Experiment{Sweep: root.get("sweep") != nil, Schedule: root.get("schedule") != nil}
	c.readVars(root.get("vars"))
	x.Name = c.name(root.get("name"), name)
	x.Seed = c.readSeed(root.get("seed"), DefaultSeed)
	c.seed = x.Seed
	c.readStages(root)
	x.Graph = c.graph(x.Name)
	if len(c.errs) == 0 {
		x.Resolved = c.resolved(x)
	}
	return x
}

// topLevel checks the keys of the file.
func (c *checker) topLevel(root *node) {
	for _, p := range root.pairs {
		switch key := p.key.text; {
		case key == "extends":
			c.failAt(p.key, "copy the other file's stages into this one for now", "`extends` is not there yet")
		case !slices.Contains(topKeys, key):
			hint := suggest(key, topKeys, "keys of an experiment")
			if _, isKind := c.registry.Get(key); isKind || p.value.shape == mapping && p.value.get("uses") != nil {
				hint = "is it a stage? Then it goes under `stages:`, two spaces further right"
			}
			c.failAt(p.key, hint, "unknown key `%s`", clip(key))
		case (key == "sweep" || key == "schedule") && p.value.shape != mapping:
			c.failAt(p.value, "", "`%s` must be a mapping, not %s", key, p.value.describe())
		}
	}
}

var reName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)

const nameRule = "names have letters a–z, digits, `_` and `-`, and do not begin with `-`"

// checkName says whether a name is one that people can type, and that fits a file name.
func (c *checker) checkName(n *node, what string) bool {
	switch {
	case n.shape == scalar && reName.MatchString(n.text) && len(n.text) <= 100:
		return true
	case n.shape == scalar && len(n.text) > 100:
		c.failAt(n, "100 characters at most", "the name of the %s is too long", what)
	default:
		c.failAt(n, nameRule, "%s can't be the name of %s %s", n.quote(), article(what), what)
	}
	return false
}

func article(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an"
	}
	return "a"
}

var notName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// name is that of the experiment: the file's base name unless it has one of its own.
func (c *checker) name(n *node, file string) string {
	if n == nil {
		base := filepath.Base(file)
		base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
		base = strings.Trim(notName.ReplaceAllString(base, "-"), "-")
		return cmp.Or(base[:min(100, len(base))], "experiment")
	}
	n, ok := c.expand(n)
	if ok && n.isNull() && !n.quoted {
		c.failAt(n, "leave the line out to take the file's name", "`name` has no value")
	} else if ok {
		c.checkName(n, "experiment")
	}
	return n.text
}

// readSeed reads a seed, an integer from 0 to 2^64-1.
func (c *checker) readSeed(n *node, otherwise uint64) uint64 {
	if n == nil {
		return otherwise
	}
	n, ok := c.expand(n)
	if !ok {
		return otherwise
	}
	if v, ok := n.uint(); ok {
		return v
	}
	c.failAt(n, unquoteHint(n, intType), "`seed` must be an integer from 0 to 2^64-1, not %s", n.describe())
	return otherwise
}

func (n *node) uint() (uint64, bool) {
	if n.shape != scalar || n.scalarType() != intType || oldOctal(n.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(n.text, "+"), intBase(n.text), 64)
	return v, err == nil
}

// intBase is what strconv needs: 0 finds 0x and 0o, but would take the digits behind a leading 0 for octal ones.
func intBase(s string) int {
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o") {
		return 0
	}
	return 10
}

// oldOctal finds integers such as 010, which are 8 to some programs and 10 to others.
func oldOctal(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0' && s[1] != 'x' && s[1] != 'o'
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
