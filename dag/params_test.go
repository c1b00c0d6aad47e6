package dag_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fashionpipe/dag"
)

type noRun struct{}

func (noRun) Run(context.Context, *dag.Task) error { return nil }

type everyParam struct {
	noRun
	Size   int       `param:"size" doc:"edge"`
	Rate   float64   `param:"rate" doc:"learning rate"`
	Fit    string    `param:"fit" enum:"stretch|pad" doc:"how"`
	Flip   bool      `param:"flip" doc:"mirror"`
	Names  []string  `param:"names" doc:"some names"`
	Sizes  []int     `param:"sizes" doc:"some sizes"`
	Ratios []float64 `param:"ratios" doc:"some ratios"`
	Root   string    `param:"root,exec" doc:"folder"`
	Free   int
	hidden int
}

func TestParams(t *testing.T) {
	s := &everyParam{Size: 64, Rate: 0.1, Fit: "pad", Sizes: []int{1, 2}, Root: "/x", hidden: 1}
	var got []string
	for _, p := range dag.Params(s) {
		got = append(got, strings.TrimSpace(fmt.Sprint(p.Name, " ", p.TypeName(), " ", p.Default, " ", p.Exec, " ", strings.Join(p.Enum, "/"))))
	}
	want(t, strings.Join(got, "\n"), `size integer 64 false
rate number 0.1 false
fit text pad false stretch/pad
flip true or false false false
names list of text [] false
sizes list of integer [1 2] false
ratios list of number [] false
root text /x true`)
}

func TestSemantic(t *testing.T) {
	nilList, emptyList := &everyParam{Root: "/a"}, &everyParam{Root: "/b", Names: []string{}}
	a, b := mustJSON(dag.Semantic(nilList)), mustJSON(dag.Semantic(emptyList))
	want(t, string(a), string(b))
	want(t, string(a), `{"fit":"","flip":false,"names":[],"rate":0,"ratios":[],"size":0,"sizes":[]}`)
	s := dag.Semantic(&everyParam{Sizes: []int{1, 2}, Rate: 1e-9})
	if string(s["sizes"]) != "[1,2]" || string(s["rate"]) != "1e-9" || !json.Valid(s["fit"]) {
		t.Errorf("%s", s)
	}
}

// TestBrokenParams wants mistakes in a kind found as soon as it is listed.
func TestBrokenParams(t *testing.T) {
	for want, s := range map[string]dag.Stage{
		"needs a name and a doc": &struct {
			noRun
			A int `param:"a"`
		}{},
		"needs a name and": &struct {
			noRun
			A int `param:"" doc:"d"`
		}{},
		`unknown option "fast"`: &struct {
			noRun
			A int `param:"a,fast" doc:"d"`
		}{},
		"type map[string]int can't": &struct {
			noRun
			A map[string]int `param:"a" doc:"d"`
		}{},
		"type []bool can't": &struct {
			noRun
			A []bool `param:"a" doc:"d"`
		}{},
		"type int32 can't": &struct {
			noRun
			A int32 `param:"a" doc:"d"`
		}{},
	} {
		func() {
			defer func() {
				if v := fmt.Sprint(recover()); !strings.Contains(v, want) {
					t.Errorf("panic %q, wanted %q", v, want)
				}
			}()
			dag.Params(s)
		}()
	}
}

func TestRegistry(t *testing.T) {
	r := dag.NewRegistry(textKind, joinKind)
	if k, ok := r.Get("join"); !ok || k != joinKind || len(r.Kinds()) != 2 {
		t.Error(k, ok)
	}
	if _, ok := r.Get("none"); ok {
		t.Error("found a kind that isn't there")
	}
	defer func() {
		if recover() == nil {
			t.Error("two kinds of one name")
		}
	}()
	dag.NewRegistry(textKind, textKind)
}
