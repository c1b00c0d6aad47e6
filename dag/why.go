package dag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"fashionpipe/dag/store"
)

// reasons says why stages of one graph run: what is different from the last result of the same stage.
type reasons struct {
	*Engine
	g *Graph

	once  sync.Once
	nodes map[string]*Node    // by name
	ran   map[string][]string // base name → variants that ran once
}

func (e *Engine) reasons(g *Graph) *reasons { return &reasons{Engine: e, g: g} }

// why says in a few words why there is no result to serve: miss is the error of the lookup, nil if the stage is forced.
func (w *reasons) why(ctx context.Context, n *Node, id identity, miss error) string {
	var damaged *store.DamagedError
	switch {
	case miss == nil:
		return "forced"
	case errors.As(miss, &damaged):
		return "damaged: " + damaged.Error()
	}
	return w.whyNew(ctx, n, id) + w.goesOn(n, id.key)
}

// whyNew says why there is no result.
func (w *reasons) whyNew(ctx context.Context, n *Node, id identity) string {
	old, ok := w.last(n.Name)
	if !ok {
		return w.first(n, id.pre)
	}
	d := differ{w: w, ctx: ctx, n: n, key: old.Key, old: old.pre, now: id.pre}
	if diff := d.all(); len(diff) > 0 {
		return joinSome(diff)
	}
	return "its result is no longer in the store"
}

// goesOn says that a stage goes on from where an earlier try was stopped, "" if it begins anew.
func (w *reasons) goesOn(n *Node, key Digest) string {
	if r, ok := n.Stage.(Resumer); ok && r.Resumes(w.Store.ScratchDir(key)) {
		return ", goes on from a checkpoint"
	}
	return ""
}

// whyMaybe names the inputs that run first, and what is different already.
func (w *reasons) whyMaybe(ctx context.Context, n *Node, id identity, first []string) string {
	after := "after " + listSome(w.bases(first))
	old, ok := w.last(n.Name)
	if !ok {
		return w.first(n, withoutInputs(id.pre)) + ", " + after
	}
	d := differ{w: w, ctx: ctx, n: n, key: old.Key, old: withoutInputs(old.pre), now: withoutInputs(id.pre)}
	return joinSome(append(d.all(), after))
}

// bases names nodes as the file does, each stage once.
func (w *reasons) bases(names []string) []string {
	w.index()
	var out []string
	for _, name := range names {
		if base := w.nodes[name].BaseName(); !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}

func withoutInputs(p Preimage) Preimage {
	p.Inputs = nil
	return p
}

// first says that a stage never gave a result; of a variant, what is different from the one that is nearest to it.
func (w *reasons) first(n *Node, now Preimage) string {
	old, ok := w.nearest(n)
	if !ok {
		return "first time"
	}
	d := differ{n: n, old: withoutInputs(old.pre), now: withoutInputs(now)}
	if diff := d.all(); len(diff) > 0 {
		return "new variant: " + joinSome(diff)
	}
	return "new variant"
}

// lastResult is the last result of a stage.
type lastResult struct {
	store.Last
	pre Preimage
}

func (w *reasons) last(stage string) (lastResult, bool) {
	l, ok := w.Store.Last(w.g.Name, stage)
	r := lastResult{Last: l}
	if !ok || json.Unmarshal(l.Preimage, &r.pre) != nil {
		return lastResult{}, false
	}
	return r, true
}

// maxVariants is how many variants that ran are looked at for the nearest: names only, so it takes microseconds.
const maxVariants = 64

// nearest finds the last result of the variant of the same stage that differs in the fewest axes.
func (w *reasons) nearest(n *Node) (lastResult, bool) {
	if n.Base == "" {
		return lastResult{}, false
	}
	w.index()
	best, least := n.Base, 1<<30
	for _, name := range w.ran[n.Base] {
		if d := apart(n.Name, name); d < least {
			best, least = name, d
		}
	}
	return w.last(best)
}

// index lists nodes by name and which variants ever ran, once for the graph.
func (w *reasons) index() {
	w.once.Do(func() {
		w.nodes, w.ran = map[string]*Node{}, map[string][]string{}
		for _, n := range w.g.Nodes {
			w.nodes[n.Name] = n
			if n.Base != "" && len(w.ran[n.Base]) < maxVariants && w.Store.HasLast(w.g.Name, n.Name) {
				w.ran[n.Base] = append(w.ran[n.Base], n.Name)
			}
		}
	})
}

// apart counts the axes in which the names of two variants differ: stage@axis=value,axis=value.
func apart(a, b string) int {
	_, a, _ = strings.Cut(a, "@")
	_, b, _ = strings.Cut(b, "@")
	have := strings.Split(b, ",")
	n := 0
	for _, axis := range strings.Split(a, ",") {
		if !slices.Contains(have, axis) {
			n++
		}
	}
	return n + max(0, len(have)-strings.Count(a, ",")-1)
}

func joinSome(diff []string) string {
	const most = 4
	if len(diff) > most {
		diff = append(slices.Clone(diff[:most]), fmt.Sprintf("and %d more", len(diff)-most))
	}
	return strings.Join(diff, ", ")
}

// listSome joins names; a stage may wait for thousands of variants.
func listSome(names []string) string {
	const most = 6
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
