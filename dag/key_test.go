package dag_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/dag"
)

// anyPreimage draws small strings from few letters, so that fields often share bytes and lengths.
func anyPreimage() *rapid.Generator[dag.Preimage] {
	word := rapid.StringMatching(`[ab1:,]{0,3}`)
	digest := rapid.Custom(func(t *rapid.T) dag.Digest { return dag.Digest(word.Draw(t, "digest")) })
	return rapid.Custom(func(t *rapid.T) dag.Preimage {
		p := dag.Preimage{
			Schema: rapid.IntRange(1, 12).Draw(t, "schema"), Kind: word.Draw(t, "kind"), Version: rapid.IntRange(1, 12).Draw(t, "version"),
			Params: map[string]json.RawMessage{}, Externals: rapid.MapOfN(word, digest, 0, 3).Draw(t, "externals"),
			Inputs:  rapid.MapOfN(word, rapid.SliceOfN(digest, 1, 3), 0, 3).Draw(t, "in"),
			Backend: word.Draw(t, "backend"),
		}
		for name, v := range rapid.MapOfN(word, word, 0, 3).Draw(t, "with") {
			p.Params[name] = mustJSON(v)
		}
		if rapid.Bool().Draw(t, "seeded") {
			p.Seed = new(rapid.Uint64Range(0, 12).Draw(t, "seed"))
		}
		return p
	})
}

// TestKeysDifferExactlyWherePreimagesDo draws two preimages, most often nearly alike.
func TestKeysDifferExactlyWherePreimagesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyPreimage().Draw(t, "a")
		b := a
		if rapid.Bool().Draw(t, "apart") {
			b = anyPreimage().Draw(t, "b")
		}
		same := string(mustJSON(a)) == string(mustJSON(b)) // maps come out sorted
		if (dag.Key(a) == dag.Key(b)) != same {
			t.Fatalf("%s\n%s\nkeys %s, %s", mustJSON(a), mustJSON(b), dag.Key(a), dag.Key(b))
		}
	})
}

// TestEveryFieldChangesTheKey changes one field at a time.
func TestEveryFieldChangesTheKey(t *testing.T) {
	changes := map[string]func(*dag.Preimage){
		"schema":          func(p *dag.Preimage) { p.Schema++ },
		"kind":            func(p *dag.Preimage) { p.Kind += "x" },
		"version":         func(p *dag.Preimage) { p.Version++ },
		"param value":     func(p *dag.Preimage) { p.Params["p"] = json.RawMessage(`"other"`) },
		"param type":      func(p *dag.Preimage) { p.Params["p"] = json.RawMessage(`1`) },
		"param more":      func(p *dag.Preimage) { p.Params["new"] = json.RawMessage(`1`) },
		"param name":      func(p *dag.Preimage) { p.Params["q"] = p.Params["p"]; delete(p.Params, "p") },
		"input":           func(p *dag.Preimage) { p.Inputs["in"][0] += "x" },
		"input order":     func(p *dag.Preimage) { slices.Reverse(p.Inputs["in"]) },
		"input split":     func(p *dag.Preimage) { p.Inputs["in"] = []dag.Digest{"onetwo"} },
		"input port":      func(p *dag.Preimage) { p.Inputs["im"] = p.Inputs["in"]; delete(p.Inputs, "in") },
		"input more":      func(p *dag.Preimage) { p.Inputs["in"] = append(p.Inputs["in"], "three") },
		"external":        func(p *dag.Preimage) { p.Externals["root"] = "other" },
		"external name":   func(p *dag.Preimage) { p.Externals = map[string]dag.Digest{"tree": "files"} },
		"backend":         func(p *dag.Preimage) { p.Backend = "xla:cuda" },
		"no backend":      func(p *dag.Preimage) { p.Backend = "" },
		"seed":            func(p *dag.Preimage) { p.Seed = new(uint64(8)) },
		"no seed":         func(p *dag.Preimage) { p.Seed = nil },
		"kind to backend": func(p *dag.Preimage) { p.Kind, p.Backend = p.Backend, p.Kind },
	}
	fresh := func() dag.Preimage {
		return dag.Preimage{
			Schema: 1, Kind: "embed", Version: 1, Params: map[string]json.RawMessage{"p": json.RawMessage(`"1"`)},
			Inputs: map[string][]dag.Digest{"in": {"one", "two"}}, Externals: map[string]dag.Digest{"root": "files"}, Backend: "go", Seed: new(uint64(7)),
		}
	}
	keys := map[dag.Digest]string{dag.Key(fresh()): "unchanged"}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		p := fresh()
		changes[name](&p)
		k := dag.Key(p)
		if keys[k] != "" {
			t.Errorf("%s has the key of %s", name, keys[k])
		}
		keys[k] = name
	}
}

// TestKeyIsFixed pins the way keys are made: if it changes, every stored result is lost, and keySchema must rise.
func TestKeyIsFixed(t *testing.T) {
	p := dag.Preimage{
		Schema: 1, Kind: "decode", Version: 2, Params: map[string]json.RawMessage{"size": json.RawMessage("64"), "fit": json.RawMessage(`"pad"`)},
		Inputs: map[string][]dag.Digest{"photos": {"ab"}}, Externals: map[string]dag.Digest{"root": "cd"}, Backend: "go", Seed: new(uint64(1)),
	}
	want(t, string(dag.Key(p)), keyOfDecode)
}

// TestNamesAndPathsAreInNoKey renames the stage and the experiment, changes its execution parameters, its number of
// workers and the place of its store.
func TestNamesAndPathsAreInNoKey(t *testing.T) {
	key := func(graphName, name string, s *text, workers int) dag.Digest {
		l := newLab(t, t.TempDir())
		l.Workers, l.Jobs, l.Version = workers, workers, name
		g, err := dag.NewGraph(graphName, []*dag.Node{node(textKind, name, s)})
		if err != nil {
			t.Fatal(err)
		}
		sum, got := l.run(g, dag.RunOptions{})
		want(t, got, name+" ran")
		return sum.Stages[0].Key
	}
	a := key("one", "a", &text{Text: "x"}, 1)
	b := key("two", "b", &text{Text: "x", Calls: t.TempDir() + "/calls"}, 7)
	if a != b {
		t.Errorf("keys %s and %s", a, b)
	}
}
