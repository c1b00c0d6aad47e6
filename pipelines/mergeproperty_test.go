package pipelines

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// taken is a null in a drawn file: it takes out what the other file has.
type taken struct{}

// drawTree draws a mapping of mappings, lists and texts.
func drawTree(t *rapid.T, depth int, under map[string]any) map[string]any {
	out := map[string]any{}
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "uses", "x-y"}), 0, 4, rapid.ID[string]).Draw(t, "keys") {
		below, _ := under[key].(map[string]any)
		switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
		case kind < 2 && depth > 0:
			out[key] = drawTree(t, depth-1, below)
		case kind == 2:
			out[key] = []any{rapid.SampledFrom([]string{"p", "q"}).Draw(t, "item")}
		case kind == 3 && under[key] != nil:
			out[key] = taken{}
		default:
			out[key] = rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "text")
		}
	}
	return out
}

// laidOver is the merge as docs/experiments.md says it, on plain maps.
func laidOver(base, over map[string]any) map[string]any {
	out := maps.Clone(base)
	for key, v := range over {
		b, bIsMap := base[key].(map[string]any)
		o, oIsMap := v.(map[string]any)
		switch {
		case v == taken{}:
			delete(out, key)
		case bIsMap && oIsMap:
			out[key] = laidOver(b, o)
		default:
			out[key] = v
		}
	}
	return out
}

// asPlain makes maps of nodes.
func asPlain(n *node) any {
	switch n.shape {
	case mapping:
		out := map[string]any{}
		for _, p := range n.pairs {
			out[p.key.text] = asPlain(p.value)
		}
		return out
	case list:
		out := []any{}
		for _, item := range n.items {
			out = append(out, asPlain(item))
		}
		return out
	}
	return n.text
}

func toYAML(t *rapid.T, v map[string]any) []byte {
	var nulls func(any) any
	nulls = func(v any) any {
		if m, ok := v.(map[string]any); ok {
			out := map[string]any{}
			for k, v := range m {
				out[k] = nulls(v)
			}
			return out
		}
		if v == any(taken{}) {
			return nil
		}
		return v
	}
	b, err := yaml.Marshal(nulls(v))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestExtendsProperty compares a chain of files with the merge of plain maps. The trees stand under `vars`, where no key
// has a meaning of its own.
func TestExtendsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		merged := map[string]any{}
		files := map[string][]byte{}
		var file []byte
		last := ""
		for i := range rapid.IntRange(1, 4).Draw(t, "files") {
			tree := drawTree(t, 3, merged)
			merged = laidOver(merged, tree)
			file = toYAML(t, map[string]any{"vars": tree, "name": fmt.Sprint("n", i)})
			if i > 0 {
				file = append([]byte("extends: "+last+"\n"), file...)
			}
			last = fmt.Sprintf("f%d.yaml", i)
			files[last] = file
		}
		c := &checker{removed: map[string]*node{}, readFile: func(path string) ([]byte, error) { return files[path], nil }}
		root := c.tree(&source{name: last}, file, []string{last})
		if len(c.errs) > 0 {
			t.Fatalf("%v\n%s", c.errs, slices.Collect(maps.Values(files)))
		}
		got, _ := asPlain(root.get("vars")).(map[string]any)
		if !reflect.DeepEqual(got, merged) || root.get("extends") != nil || root.get("name").text != fmt.Sprint("n", len(files)-1) {
			t.Fatalf("got %v\nwant %v\n%s", got, merged, slices.Collect(maps.Values(files)))
		}
	})
}
