package pipelines

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// drawnAxis is a path with values, of which no two make the same experiment whatever the other axes say.
type drawnAxis struct {
	path   string
	values []string // as YAML, which --set reads alike
}

// drawnSweep is an experiment with a sweep, and what is in it.
type drawnSweep struct {
	stages []string // lines of `stages:`
	axes   []drawnAxis
	drop   []map[int]int // exclusions: axis → point
	zip    bool          // the last two axes go side by side
}

const drawnVars = "vars: {n: 1, name: x, both: \"${vars.name}/${vars.n}\"}\n"

func drawSweep(t *rapid.T) drawnSweep {
	s := drawnSweep{stages: []string{
		"  p: {uses: photos, with: {root: \"${vars.both}\", limit: \"${vars.n}\"}}",
		"  q: {uses: photos, with: {root: y}}",
		"  i: {uses: decode, in: {photos: p}, with: {size: 8}}",
		"  t: {uses: train, in: {images: i}, resources: {gpu: 1}}",
		"  e: {uses: embed, in: {images: i, encoder: t}}",
		"  v: {uses: embed, in: {images: i}, with: {layer: \"${vars.name}\"}}",
		"  k: {uses: kmeans, in: {embeddings: e}}",
		"  s: {uses: evaluate, in: {ours: e, baseline: v, clusters: [k]}}",
	}}
	all := []drawnAxis{
		{"vars.n", []string{"2", "3", "40"}},
		{"vars.name", []string{`"a b"`, `"a/b"`, `"$"`, `"A b"`}},
		{"stages.i.with.grid", []string{"1x1", "2x2", "3x3", "4x4"}},
		{"stages.i.with.margin", []string{"0.5", "1e-3", "0"}},
		{"stages.i.in.photos", []string{"p", "q"}},
		{"stages.t.with.steps", []string{"[0.5]", "[]", "[0.25, 0.5]"}},
		{"stages.t.with.flip", []string{"true", "false"}},
		{"stages.t.seed", []string{"7", "8"}},
		{"stages.k.uses", []string{"kmeans"}},
		{"seed", []string{"1", "2", "18446744073709551615"}},
	}
	if rapid.Bool().Draw(t, "own seed") {
		all = slices.DeleteFunc(all, func(a drawnAxis) bool { return a.path == "stages.t.seed" })
	} else {
		all = slices.DeleteFunc(all, func(a drawnAxis) bool { return a.path == "seed" })
	}
	for _, a := range rapid.Permutation(all).Draw(t, "axes")[:rapid.IntRange(1, 4).Draw(t, "number of axes")] {
		a.values = rapid.Permutation(a.values).Draw(t, "values")[:rapid.IntRange(1, len(a.values)).Draw(t, "number of values")]
		s.axes = append(s.axes, a)
	}
	if n := len(s.axes); n > 1 && rapid.Bool().Draw(t, "zip") {
		s.zip = true
		short := min(len(s.axes[n-1].values), len(s.axes[n-2].values))
		s.axes[n-1].values, s.axes[n-2].values = s.axes[n-1].values[:short], s.axes[n-2].values[:short]
	}
	for range rapid.IntRange(0, 2).Draw(t, "exclusions") {
		e := map[int]int{}
		for a := range s.axes {
			if rapid.Bool().Draw(t, "in the exclusion") {
				e[a] = rapid.IntRange(0, len(s.axes[a].values)-1).Draw(t, "point")
			}
		}
		if len(e) > 0 {
			s.drop = append(s.drop, e)
		}
	}
	return s
}

// points lists, by counting, what the sweep must hold; exclusions that drop nothing are taken out.
func (s *drawnSweep) points() [][]int {
	at, out := make([]int, len(s.axes)), [][]int(nil)
	var walk func(axis int)
	walk = func(axis int) {
		if axis == len(s.axes) {
			out = append(out, slices.Clone(at))
			return
		}
		for i := range s.axes[axis].values {
			if s.zip && axis == len(s.axes)-1 && i != at[axis-1] {
				continue
			}
			at[axis] = i
			walk(axis + 1)
		}
	}
	walk(0)
	var drop []map[int]int
	for _, e := range s.drop {
		left := slices.DeleteFunc(slices.Clone(out), func(at []int) bool {
			for a, p := range e {
				if at[a] != p {
					return false
				}
			}
			return true
		})
		if len(left) > 0 && len(left) < len(out) {
			out, drop = left, append(drop, e)
		}
	}
	s.drop = drop
	return out
}

func (s *drawnSweep) yaml() string {
	var b strings.Builder
	b.WriteString(drawnVars + "stages:\n" + strings.Join(s.stages, "\n") + "\nsweep:\n")
	axes := s.axes
	line := func(a drawnAxis) { fmt.Fprintf(&b, "    %s: [%s]\n", a.path, strings.Join(a.values, ", ")) }
	if s.zip {
		axes = axes[:len(axes)-2]
	}
	if len(axes) > 0 {
		b.WriteString("  matrix:\n")
	}
	for _, a := range axes {
		line(a)
	}
	if s.zip {
		b.WriteString("  zip:\n")
		line(s.axes[len(s.axes)-2])
		line(s.axes[len(s.axes)-1])
	}
	if len(s.drop) > 0 {
		b.WriteString("  exclude:\n")
	}
	for _, e := range s.drop {
		b.WriteString("    - {")
		for i, a := range slices.Sorted(keysOf(e)) {
			if i > 0 {
				b.WriteString(", ")
			}
			v := s.axes[a].values[e[a]]
			if strings.HasPrefix(v, "[") {
				v = "[" + v + "]"
			}
			fmt.Fprintf(&b, "%s: %s", s.axes[a].path, v)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func keysOf(m map[int]int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
