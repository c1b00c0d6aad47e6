package pipelines

import (
	"maps"
	"slices"

	"fashionpipe/dag"
)

// checker reads one experiment and gathers its mistakes.
type checker struct {
	registry   *dag.Registry
	getenv     func(string) (string, bool)
	readFile   func(path string) ([]byte, error)
	yamlFiles  func(folder string) []string
	file       *source
	errs       Errors
	kindParams map[*dag.Kind][]dag.Param

	sets    []override       // the --set arguments that were applied
	removed map[string]*node // stages that a file took out of the one it extends → where
	index   map[string]int   // name of a stage → its place in the file
	asked   map[string]bool  // variables of the environment that were looked up

	// Of the point of a sweep that is checked, or of the whole experiment.
	vars  scope
	order []*stage // in the order of the file
}

var topKeys = []string{"name", "seed", "vars", "stages", "sweep", "schedule", "extends"}

func (c *checker) read(name string, src []byte, set []string) *Experiment {
	root := c.tree(c.file, src, []string{name})
	if root == nil {
		return nil
	}
	root = c.applySet(root, set)
	c.topLevel(root)
	x := &Experiment{}
	c.vars = c.readVars(root.get("vars"))
	if n := root.get("schedule"); n != nil {
		x.Schedule = c.readSchedule(n)
	}
	x.Name = c.name(root.get("name"), name)
	l := &lab{c: c, root: root, entries: c.entries(root), base: c.vars}
	l.sweep = c.readSweep(l)
	vs := l.checkAll()
	if len(c.errs) > 0 {
		return x
	}
	x.Seed = vs[0].seed
	x.Graph, x.Sweep = l.union(x.Name, vs)
	if len(c.errs) == 0 {
		x.Resolved = l.resolve(x, vs)
	}
	return x
}

// topLevel checks the keys of the file.
func (c *checker) topLevel(root *node) {
	for _, p := range root.pairs {
		switch key := p.key.text; {
		case !slices.Contains(topKeys, key):
			hint := meantHint(key, topMeant, topKeys, "keys of an experiment")
			if _, isKind := c.registry.Get(key); isKind || p.value.shape == mapping && p.value.get("uses") != nil {
				hint = "is it a stage? Then it goes under `stages:`, two spaces further right"
			}
			c.failAt(p.key, hint, "unknown key `%s`", clip(key))
		case key == "sweep" && p.value.shape != mapping:
			hint := sweepForm
			if p.value.namesChanges() {
				hint = namedForm
			}
			c.failAt(p.value, hint, "`%s` must be a mapping, not %s", key, p.value.describe())
		}
	}
}

// catch runs f and gives the mistakes it found, which are not kept.
func (c *checker) catch(f func()) Errors {
	saved := c.errs
	c.errs = nil
	f()
	got := c.errs
	c.errs = saved
	return got
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
