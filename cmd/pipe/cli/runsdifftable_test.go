package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fashionpipe/dag"
)

func TestMore(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"0.612 [0.580, 0.644]", "0.65 [0.6, 0.7]", "+0.038"}, {"12.3 in 3 clusters", "9.1 in 4 clusters", "-3.2"},
		{"AMI 0.044 [0.020, 0.066], ARI 0.1", "AMI 0.050", "+0.006"}, {"AMI 0.044", "ARI 0.050", ""}, {"3, or so", "5", "+2"},
		{"1.2e-05 after 3 steps", "0.5", "+0.5"}, {"12,345 photos", "12,346 photos", ""}, {"resnet18", "resnet34", ""}, {"", "1", ""}, {"7/8", "8/8", ""},
	} {
		if got := more(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

// TestSideBySideKeepsAll: whatever the lengths, no line is wider than 80 columns and nothing is cut off.
func TestSideBySideKeepsAll(t *testing.T) {
	long := "AMI 0.044 [0.020, 0.066] by garment and quite some words besides which need room"
	rows := []dag.Setting{
		{Stage: "scores", Name: "clusters of the garments by category and by what else there is", A: long, B: "AMI 0.050"},
		{Stage: "a", Name: "b", A: strings.Repeat("x", 50), B: "1"}, {Stage: "a", Name: "c", A: "1", B: ""},
	}
	for name, print := range map[string]func(*strings.Builder) error{
		"results":  func(b *strings.Builder) error { return resultsSideBySide(b, rows) },
		"settings": func(b *strings.Builder) error { return sideBySide(b, "PARAMETER", rows) },
	} {
		var b strings.Builder
		if err := print(&b); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: too wide: %s", name, line)
			}
		}
		if strings.Count(b.String(), "x") < 50 || strings.Contains(b.String(), "…") || !strings.Contains(b.String(), "0.066]") {
			t.Errorf("%s: something is cut off:\n%s", name, b.String())
		}
	}
}
