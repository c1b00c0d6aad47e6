package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestJudge: what is known to fail may; any other failure counts, also of a build and of a process that died, and so does
// a run without tests.
func TestJudge(t *testing.T) {
	event := func(action, pkg, name, rest string) string {
		return fmt.Sprintf(`{"Action":%q,"Package":"github.com/gomlx/gomlx/%s","Test":%q%s}`, action, pkg, name, rest)
	}
	passed := event("pass", "core/graph", "TestAdd", "")
	for _, c := range []struct {
		name   string
		events []string
		ok     bool
		says   string
	}{
		{"all pass", []string{passed}, true, "1 passed, 0 skipped, 0 failed"},
		{"nothing ran", nil, false, "0 passed"},
		{"known", []string{
			passed, event("fail", "core/graph", "TestRandomNormal/TestRandomNormal(Float16)", ""),
			event("fail", "core/graph", "TestRandomNormal", ""), event("fail", "core/graph", "", ""),
		}, true, "known to fail: core/graph TestRandomNormal"},
		{"known elsewhere", []string{passed, event("fail", "core/tensors", "TestStreaming", "")}, false, "FAILED: core/tensors TestStreaming"},
		{"known one passes", []string{event("pass", "ml/zoo/transformer/generate", "TestStreaming", "")}, true, "passes, although"},
		{"beside a known one", []string{
			passed, event("fail", "core/graph", "TestRandomNormal/TestRandomNormal(Float16)", ""),
			event("fail", "core/graph", "TestRandomNormal/other", ""),
		}, false, "FAILED: core/graph TestRandomNormal/other"},
		{"died", []string{
			passed, event("run", "core/graph", "TestConv", ""), event("output", "core/graph", "TestConv", `,"Output":"panic: out of tea"`),
			event("fail", "core/graph", "", ""),
		}, false, "out of tea"},
		{"not built", []string{
			passed, `{"Action":"build-output","ImportPath":"x","Output":"no tea"}`, event("fail", "ml/nn", "", `,"FailedBuild":"x"`),
		}, false, "no tea"},
	} {
		r := newReport()
		if err := r.read(strings.NewReader(strings.Join(c.events, "\n"))); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if ok := r.judge(&out); ok != c.ok || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %v, want %v, and %q in\n%s", c.name, ok, c.ok, c.says, out.String())
		}
	}
}
