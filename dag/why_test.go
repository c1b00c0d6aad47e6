package dag

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

func TestDiffPreimages(t *testing.T) {
	raw := func(kv ...string) map[string]json.RawMessage {
		m := map[string]json.RawMessage{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = json.RawMessage(kv[i+1])
		}
		return m
	}
	long := `"` + strings.Repeat("é", 50) + `"`
	tests := []struct {
		name string
		a, b Preimage
		want string
	}{
		{"nothing", Preimage{Kind: "a"}, Preimage{Kind: "a"}, ""},
		{"kind", Preimage{Kind: "a", Version: 1}, Preimage{Kind: "b", Version: 2}, "uses a → b"},
		{"version", Preimage{Kind: "a", Version: 1}, Preimage{Kind: "a", Version: 2}, "a works in a new way (version 1 → 2)"},
		{"schema", Preimage{Schema: 1}, Preimage{Schema: 2}, "keys are made in a new way (1 → 2)"},
		{"value", Preimage{Params: raw("epochs", "5")}, Preimage{Params: raw("epochs", "10")}, "with.epochs 5 → 10"},
		{"new and gone", Preimage{Params: raw("b", "1")}, Preimage{Params: raw("a", "1")}, "with.a is new, with.b is gone"},
		{"long", Preimage{Params: raw("a", "1")}, Preimage{Params: raw("a", long)}, `with.a 1 → "` + strings.Repeat("é", 38) + "…"},
		{"inputs", Preimage{Inputs: map[string][]Digest{"x": {"1", "2"}}}, Preimage{Inputs: map[string][]Digest{"x": {"2", "1"}, "y": {"3"}}}, "input x has its stages in another order, input y is new"},
		{"files", Preimage{Externals: map[string]Digest{"root": "1"}}, Preimage{Externals: map[string]Digest{"root": "2"}}, "the files of root changed"},
		{"another input of two", Preimage{Inputs: map[string][]Digest{"x": {"1", "2"}}}, Preimage{Inputs: map[string][]Digest{"x": {"1", "3"}}}, "input x changed"},
		{"one input more", Preimage{Inputs: map[string][]Digest{"x": {"1"}}}, Preimage{Inputs: map[string][]Digest{"x": {"1", "3"}}}, "input x has 2 stages instead of 1"},
		{"other ports", Preimage{Inputs: map[string][]Digest{"x": {"1"}}}, Preimage{Inputs: map[string][]Digest{"y": {"1"}}}, "input x is gone, input y is new"},
		{"weights", Preimage{Externals: map[string]Digest{"weights": Digest(strings.Repeat("a", 64))}}, Preimage{Externals: map[string]Digest{"weights": Digest(strings.Repeat("b", 64))}},
			"the files of weights changed (aaaaaaaaaaaa → bbbbbbbbbbbb)"},
		{"folder for a stage", Preimage{Externals: map[string]Digest{"root": "1"}}, Preimage{}, "the files of root are gone"},
		{"short lists", Preimage{Params: raw("k", "[1,5]")}, Preimage{Params: raw("k", "[1,5,10]")}, "with.k [1,5] → [1,5,10]"},
		{"long lists", Preimage{Params: raw("k", "[11,22,33,44,55,66,77,88]")}, Preimage{Params: raw("k", "[11,22,33,44,55,66,99,88]")}, "with.k +99 −77 (8 values)"},
		{"longer list", Preimage{Params: raw("k", "[11,22,33,44,55,66,77,88]")}, Preimage{Params: raw("k", "[11,22,33,44,55,66,77,88,99]")}, "with.k +99 (8 → 9 values)"},
		{"order of a list", Preimage{Params: raw("k", "[11,22,33,44,55,66,77,88]")}, Preimage{Params: raw("k", "[22,11,33,44,55,66,77,88]")}, "with.k in another order (8 values)"},
		{"one long value of a list", Preimage{Params: raw("k", `["bash","-c","sort {in.files}/x | uniq -c | head -n 5"]`)}, Preimage{Params: raw("k", `["bash","-c","sort {in.files}/x | uniq -c | head -n 7"]`)}, `with.k …head -n 5" → …head -n 7" (3 values)`},
		{"very other lists", Preimage{Params: raw("k", `["aaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbb"]`)}, Preimage{Params: raw("k", `["ccccccccccccccc","dddddddddddddddddd","e"]`)}, "with.k 2 → 3 values, 3 new, 2 gone"},
		{"end of a text", Preimage{Params: raw("k", `"/data/deepfashion2/some/long/folder/train"`)}, Preimage{Params: raw("k", `"/data/deepfashion2/some/long/folder/validation"`)}, `with.k …/folder/train" → …/folder/validation"`},
		{"float", Preimage{Params: raw("lr", "0.001")}, Preimage{Params: raw("lr", "1e-05")}, "with.lr 0.001 → 1e-05"},
		{"seed", Preimage{}, Preimage{Seed: new(uint64(3))}, "seed none → 3"},
		{"many", Preimage{}, Preimage{Params: raw("a", "1", "b", "1", "c", "1", "d", "1", "e", "1"), Backend: "go"},
			"with.a is new, with.b is new, with.c is new, with.d is new, and 2 more"},
	}
	defaults := &Node{Kind: &Kind{Name: "a", New: func() Stage { return &withDefault{K: 5} }}}
	for want, now := range map[string]Preimage{
		"a has a new parameter, k":                {Kind: "a", Version: 1, Params: raw("k", "5")},
		"with.k is new, a has a new parameter, l": {Kind: "a", Version: 1, Params: raw("k", "6", "l", "0")},
		"a has new parameters (k, l)":             {Kind: "a", Version: 1, Params: raw("k", "5", "l", "0")},
		"with.k is new":                           {Kind: "a", Version: 1, Params: raw("k", "6")},
		"a works in a new way (version 1 → 2)":    {Kind: "a", Version: 2, Params: raw("k", "5")},
	} {
		if got := joinSome((&differ{n: defaults, old: Preimage{Kind: "a", Version: 1}, now: now}).all()); got != want {
			t.Errorf("%q, wanted %q", got, want)
		}
	}
	for _, tt := range tests {
		if got := joinSome((&differ{old: tt.a, now: tt.b}).all()); got != tt.want {
			t.Errorf("%s: %q, wanted %q", tt.name, got, tt.want)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for want, err := range map[string]error{
		"size: must be at least 1, not 0":                                                 &ParamError{Param: "size", Msg: "must be at least 1, not 0"},
		`there is no stage "x" in the experiment`:                                         &UnknownStageError{Name: "x"},
		"stage a: there are two stages of this name":                                      &WireError{Node: "a", Msg: "there are two stages of this name"},
		"stage a, input images: takes one stage, not 2":                                   &WireError{Node: "a", Port: "images", Msg: "takes one stage, not 2"},
		"panic: 7 (this is a mistake in the program; the stack is in the log of the run)": &PanicError{Value: 7},
	} {
		if err.Error() != want {
			t.Errorf("%q, wanted %q", err, want)
		}
	}
}

func TestApart(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"s@a=1,b=2", "s@a=1,b=2", 0}, {"s@a=1,b=2", "s@a=1,b=3", 1}, {"s@a=1,b=2", "s@a=3,b=4", 2}, {"s@a=1", "s@a=1,b=2", 1}} {
		if got := apart(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %d, wanted %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// withDefault has a parameter with a default.
type withDefault struct {
	K int `param:"k" doc:"how many"`
	L int `param:"l" doc:"how long"`
}

func (*withDefault) Run(context.Context, *Task) error { return nil }
