package dag

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Comparer is implemented by an External stage that can say what is different outside from what an earlier result of it
// was made from. Compare gets the folder of that result, which may be taken away meanwhile, and gives a few words by the
// name of each external ("3 added, 1 removed"); nothing for what it can't tell. It is asked only where the content is
// another.
type Comparer interface {
	Compare(ctx context.Context, files Files, oldDir string) (map[string]string, error)
}

// differ compares the preimages of two pieces of work, in words that name the place in the experiment.
type differ struct {
	w        *reasons // nil to compare no content
	ctx      context.Context
	n        *Node  // nil where it is not known
	key      Digest // of the old work
	old, now Preimage

	out []string
}

func (d *differ) add(format string, args ...any) { d.out = append(d.out, fmt.Sprintf(format, args...)) }

// all lists what is different.
func (d *differ) all() []string {
	a, b := d.old, d.now
	if a.Kind != b.Kind {
		d.add("uses %s → %s", a.Kind, b.Kind)
		return d.out // the rest can't be compared
	}
	if a.Schema != b.Schema {
		d.add("keys are made in a new way (%d → %d)", a.Schema, b.Schema)
	}
	if a.Version != b.Version {
		d.add("%s works in a new way (version %d → %d)", b.Kind, a.Version, b.Version)
	}
	d.params()
	for _, filled := range []bool{false, true} { // what the experiment connects first
		for _, port := range eitherKey(a.Inputs, b.Inputs) {
			if d.filled(port) == filled {
				d.input(port, a.Inputs[port], b.Inputs[port])
			}
		}
	}
	d.externals()
	if a.Backend != b.Backend {
		d.add("backend %s → %s", a.Backend, b.Backend)
	}
	if seedText(a.Seed) != seedText(b.Seed) {
		d.add("seed %s → %s", seedText(a.Seed), seedText(b.Seed))
	}
	return d.out
}

func (d *differ) params() {
	var fresh []string // that the program has since, at their defaults
	for _, name := range eitherKey(d.old.Params, d.now.Params) {
		was, had := d.old.Params[name]
		is, has := d.now.Params[name]
		switch {
		case !had && d.isDefault(name, is):
			if d.old.Version == d.now.Version { // else it is part of the new way
				fresh = append(fresh, name)
			}
		case !had:
			d.add("with.%s is new", name)
		case !has:
			d.add("with.%s is gone", name)
		case string(was) != string(is):
			d.add("with.%s %s", name, change(was, is))
		}
	}
	switch len(fresh) {
	case 0:
	case 1:
		d.add("%s has a new parameter, %s", d.now.Kind, fresh[0])
	default:
		d.add("%s has new parameters (%s)", d.now.Kind, strings.Join(fresh, ", "))
	}
}

// isDefault says whether a parameter has the value that it has where nobody writes it.
func (d *differ) isDefault(name string, value json.RawMessage) bool {
	return d.n != nil && string(Semantic(d.n.Kind.New())[name]) == string(value)
}

// input tells how what is connected to a port differs.
func (d *differ) input(port string, was, is []Digest) {
	name, be := "input "+port, "is"
	if d.filled(port) { // nobody wrote the port, so its name alone says nothing
		of := string(portType(d.n.Kind, port))
		if name = fmt.Sprintf("the last %s (%s)", of, port); strings.HasSuffix(of, "s") {
			be = "are"
		}
	}
	switch {
	case slices.Equal(was, is):
	case len(was) == 0:
		d.add("%s %s new", name, be)
	case len(is) == 0:
		d.add("%s %s gone", name, be)
	case len(was) != len(is):
		d.add("%s has %d stages instead of %d", name, len(is), len(was))
	case len(is) > 1 && slices.Equal(slices.Sorted(slices.Values(was)), slices.Sorted(slices.Values(is))):
		d.add("%s has its stages in another order", name)
	default:
		d.add("%s changed%s", name, d.content(port, was, is))
	}
}

// filled says whether the engine filled a port with an earlier result, see Port.Previous.
func (d *differ) filled(port string) bool {
	return d.n != nil && slices.ContainsFunc(d.n.Kind.In, func(p Port) bool { return p.Name == port && takesPrevious(d.n, p) })
}

// content says what in the artifacts of a port changed, or which of several: " (3 added, 1 removed)".
func (d *differ) content(port string, was, is []Digest) string {
	var froms []*Node
	if d.w != nil {
		froms = d.w.connected(d.n, port)
	}
	if len(froms) != len(is) {
		return ""
	}
	var changed []string
	for i, from := range froms {
		if was[i] == is[i] {
			continue
		}
		text := d.w.compare(from.Kind, was[i], is[i])
		switch {
		case len(is) == 1:
			return brackets(text)
		case text != "":
			text = ": " + text
		}
		changed = append(changed, from.Name+text)
	}
	return brackets(listSome(changed))
}

func brackets(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// connected gives the nodes at a port, or those whose earlier result the port takes.
func (w *reasons) connected(n *Node, port string) []*Node {
	w.index()
	names := n.In[port]
	for _, p := range n.Kind.In {
		if p.Name == port && len(names) == 0 && p.Previous != "" {
			names = n.In[p.Previous]
		}
	}
	var out []*Node
	for _, name := range names {
		out = append(out, w.nodes[name])
	}
	return out
}

// compare asks a kind what is different between two of its artifacts. It is only to explain: one that can't be read, or
// was taken away, has no explanation.
func (w *reasons) compare(k *Kind, was, is Digest) string {
	if k.Diff == nil || w.Store == nil {
		return ""
	}
	text := ""
	err := guard(func() (err error) {
		text, err = k.Diff(w.Store.ArtifactDir(was), w.Store.ArtifactDir(is))
		return err
	})
	if err != nil {
		return ""
	}
	return text
}

// externals tells how the content from outside differs.
func (d *differ) externals() {
	var told map[string]string
	for _, name := range eitherKey(d.old.Externals, d.now.Externals) {
		was, had := d.old.Externals[name]
		is, has := d.now.Externals[name]
		if was == is {
			continue
		}
		if variable, ok := strings.CutPrefix(name, VariablePrefix); ok {
			d.variable(variable, had, has)
			continue
		}
		if told == nil {
			told = d.compareOutside()
		}
		switch {
		case !had:
			d.add("the files of %s are new", name)
		case !has:
			d.add("the files of %s are gone", name)
		case told[name] != "":
			d.add("the files of %s changed (%s)", name, told[name])
		case len(was) == 64 && len(is) == 64:
			d.add("the files of %s changed (%s → %s)", name, was.Short(), is.Short())
		default:
			d.add("the files of %s changed", name)
		}
	}
}

// variable tells how an environment variable differs. Its values are in no record: they may be secrets.
func (d *differ) variable(name string, had, has bool) {
	switch {
	case !had:
		d.add("the variable %s is new", name)
	case !has:
		d.add("the variable %s is gone", name)
	default:
		d.add("the variable %s changed", name)
	}
}

func (d *differ) compareOutside() map[string]string {
	told := map[string]string{}
	if d.w == nil {
		return told
	}
	c, ok := d.n.Stage.(Comparer)
	if !ok {
		return told
	}
	r, err := d.w.Store.Record(d.key)
	if err != nil {
		return told
	}
	_ = guard(func() error { // only to explain, as in compare
		found, err := c.Compare(d.ctx, d.w.Store.Files(), d.w.Store.ArtifactDir(r.Artifact))
		if err == nil {
			maps.Copy(told, found)
		}
		return err
	})
	return told
}

func eitherKey[V any](a, b map[string]V) []string {
	all := slices.Sorted(maps.Keys(a))
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[k]; !ok {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

func seedText(s *uint64) string {
	if s == nil {
		return "none"
	}
	return fmt.Sprint(*s)
}
