package dag_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
)

// words joins the words of its input, and tells how many of them some earlier result had and how many of those it got.
// Its rows are the words.
type words struct {
	Blind bool `param:"blind" doc:"tell no pieces"`
}

func (*words) ReusePort() string { return "in" }

func (s *words) Pieces(_ context.Context, in dag.Artifact, each func([]byte)) error {
	text, err := readText(in.Dir)
	if s.Blind {
		return err
	}
	for w := range strings.FieldsSeq(text) {
		each([]byte(w))
	}
	return err
}

func (*words) Run(_ context.Context, t *dag.Task) error {
	in, _ := t.In.One("in")
	text, err := readText(in.Dir)
	if err != nil {
		return err
	}
	var had []string
	for _, p := range t.Previous {
		before, err := readText(p.In[0].Dir)
		if err != nil {
			return err
		}
		had = append(had, strings.Fields(before)...)
	}
	left := 0
	for w := range strings.FieldsSeq(text) {
		if !slices.Contains(had, w) {
			left++
		}
	}
	t.Sayf("%d new, %d results", left, len(t.Previous))
	return writeText(t, "of "+text)
}

var wordsKind = kind("words", []dag.Port{{Name: "in", Type: textType}}, func() dag.Stage { return &words{} })

// relatives runs experiments of texts whose words are worked on.
type relatives struct {
	*lab
	blind bool
}

// runAll runs an experiment that has a text for each stage, and gives what each stage said.
func (l *relatives) runAll(experiment string, texts map[string]string) map[string]string {
	l.t.Helper()
	var nodes []*dag.Node
	for name, s := range texts {
		nodes = append(nodes, node(textKind, name+"_text", &text{Text: s}),
			&dag.Node{Name: name, Kind: wordsKind, Stage: &words{Blind: l.blind}, In: map[string][]string{"in": {name + "_text"}}})
	}
	g, err := dag.NewGraph(experiment, nodes)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	first := len(l.events)
	l.mu.Unlock()
	sum, _ := l.run(g, dag.RunOptions{})
	if err := sum.Err(); err != nil {
		l.t.Fatal(err)
	}
	said := map[string]string{}
	for _, e := range l.events[first:] {
		if e.What == dag.Said {
			said[e.Stage] = e.Text
		}
	}
	return said
}

// table is a text of n words that no other table has.
func table(name, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d.%d ", name, i)
	}
	return b.String()
}

func newRelatives(t *testing.T, blind bool) *relatives {
	return &relatives{lab: newLab(t, t.TempDir()), blind: blind}
}

// TestManyOfOneFamily: each of many stages whose work differs only in its content is given its own last result, also
// where it can't be told what content has in common.
func TestManyOfOneFamily(t *testing.T) {
	for _, blind := range []bool{false, true} {
		for _, n := range []int{4, 16} {
			l := newRelatives(t, blind)
			for night := range 3 {
				texts := map[string]string{}
				for i := range n {
					texts[fmt.Sprintf("s%d", i)] = table(i, 200+night)
				}
				for stage, said := range l.runAll("sweep", texts) {
					if night > 0 && !strings.HasPrefix(said, "1 new, ") {
						t.Fatalf("%d stages, blind %v, night %d: %s says %s", n, blind, night, stage, said)
					}
				}
			}
		}
	}
}

// TestBestRelatives: a stage gets the results that share most with what it has now, whoever made them.
func TestBestRelatives(t *testing.T) {
	l := newRelatives(t, false)
	for i := range 12 { // one experiment set to one folder after another
		l.runAll("folders", map[string]string{"s": table(i, 100)})
	}
	for _, c := range []struct{ what, experiment, text, want string }{
		{"the first of them", "folders", table(0, 101), "1 new, 1 results"},
		{"one in the middle", "folders", table(5, 101), "1 new, 1 results"},
		{"another experiment", "other", table(3, 102), "2 new, 1 results"},
		{"six together", "other", table(6, 100) + table(7, 100) + table(8, 100) + table(9, 100) + table(10, 100) + table(11, 100), "0 new, 6 results"},
		{"what nobody had", "folders", table(99, 100), "100 new, 0 results"},
		{"two nights of one", "folders", table(0, 102), "1 new, 2 results"},
	} {
		want(t, c.what+": "+l.runAll(c.experiment, map[string]string{"s": c.text})["s"], c.what+": "+c.want)
	}
}

// TestRelativesAreBounded: however many results share a little, only a few are looked at.
func TestRelativesAreBounded(t *testing.T) {
	l := newRelatives(t, false)
	all := ""
	for i := range 15 {
		l.runAll("e", map[string]string{"s": table(i, 40)})
		all += table(i, 40)
	}
	want(t, l.runAll("e", map[string]string{"s": all})["s"], "280 new, 8 results")

	l = newRelatives(t, false)
	for night := range 10 {
		l.runAll("e", map[string]string{"s": table(0, 500+night)})
	}
	want(t, l.runAll("e", map[string]string{"s": table(0, 510)})["s"], "1 new, 3 results")
}
