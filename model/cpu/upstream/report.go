package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// test is a test of a package below GoMLX's root; without a name, the package itself.
type test struct{ pkg, name string }

// report is what the tests said.
type report struct {
	count   map[string]int // by action: pass, fail, skip
	running map[test]bool
	passed  map[test]bool
	failed  map[test]bool
	said    map[test]*strings.Builder
}

func newReport() *report {
	return &report{count: map[string]int{}, running: map[test]bool{}, passed: map[test]bool{}, failed: map[test]bool{},
		said: map[test]*strings.Builder{}}
}

// event is a line of go test -json.
type event struct{ Action, Package, ImportPath, Test, Output, FailedBuild string }

func (r *report) read(from io.Reader) error {
	d := json.NewDecoder(from)
	for {
		var e event
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("what go test -json prints: %w", err)
		}
		r.add(e)
	}
}

func (r *report) add(e event) {
	t := test{strings.TrimPrefix(e.Package, gomlx+"/"), e.Test}
	switch e.Action {
	case "build-output":
		r.says(test{pkg: e.ImportPath}, e.Output)
	case "output":
		r.says(t, e.Output)
	case "run":
		r.running[t] = true
	case "pass", "fail", "skip":
		if t.name == "" {
			r.broken(t.pkg)
		}
		delete(r.running, t)
		if e.FailedBuild != "" && r.said[test{pkg: e.FailedBuild}] != nil {
			r.says(t, r.said[test{pkg: e.FailedBuild}].String())
		}
		if t.name != "" {
			r.count[e.Action]++
		}
		r.passed[t] = e.Action == "pass"
		if e.Action == "fail" {
			r.failed[t] = true
		}
	}
}

// broken counts the tests as failed that were running when their process ended.
func (r *report) broken(pkg string) {
	for t := range r.running {
		if t.pkg == pkg {
			r.failed[t] = true
			r.count["fail"]++
			delete(r.running, t)
		}
	}
}

func (r *report) says(t test, text string) {
	if r.said[t] == nil {
		r.said[t] = new(strings.Builder)
	}
	r.said[t].WriteString(text)
}

// judge prints what there is to know and says whether nothing failed but what is known to.
func (r *report) judge(w io.Writer) bool {
	ok := r.count["pass"] > 0
	for _, t := range sorted(maps.Keys(known)) {
		switch {
		case r.failed[t]:
			fmt.Fprintf(w, "known to fail: %s %s: %s\n", t.pkg, t.name, known[t])
		case r.passed[t]:
			fmt.Fprintf(w, "passes, although it was known to fail: %s %s\n", t.pkg, t.name)
		}
	}
	for _, t := range sorted(maps.Keys(r.failed)) {
		if _, is := known[t]; is || r.follows(t) {
			continue
		}
		ok = false
		fmt.Fprintf(w, "FAILED: %s %s\n", t.pkg, t.name)
		if said := r.said[t]; said != nil {
			fmt.Fprintln(w, indented(said.String()))
		}
	}
	fmt.Fprintf(w, "GoMLX's tests: %d passed, %d skipped, %d failed\n", r.count["pass"], r.count["skip"], r.count["fail"])
	return ok
}

// follows says that t failed because of tests below it: a package or a test with subtests.
func (r *report) follows(t test) bool {
	for other := range r.failed {
		if other.pkg == t.pkg && other != t && (t.name == "" || strings.HasPrefix(other.name, t.name+"/")) {
			return true
		}
	}
	return false
}

func sorted(tests func(func(test) bool)) []test {
	return slices.SortedFunc(tests, func(a, b test) int {
		return strings.Compare(a.pkg+" "+a.name, b.pkg+" "+b.name)
	})
}

// indented is the end of a text, of what matters.
func indented(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	const most = 60
	lines = lines[max(0, len(lines)-most):]
	return "    " + strings.Join(lines, "\n    ")
}
