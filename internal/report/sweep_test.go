package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
	"fashionpipe/internal/sweep"
)

// fakeTable is a sweep of 4 grids × 3 augmentations × seeds; some fail if broken.
func fakeTable(t testing.TB, seeds int, broken bool) *sweep.Table {
	axes := []sweep.Axis{{Name: "grid", Values: []string{"1x1", "2x2", "3x3", "4x4"}}, {Name: "augment", Values: []string{"none", "flip", "weak_geometric"}}, {Name: "seed", Seed: true}}
	for s := range seeds {
		axes[2].Values = append(axes[2].Values, fmt.Sprint(s+1))
	}
	r := rng.New(1, "sweep")
	var runs []*sweep.Run
	for g, grid := range axes[0].Values {
		for a, augment := range axes[1].Values {
			for _, seed := range axes[2].Values {
				run := &sweep.Run{Name: "grid=" + grid + ",augment=" + augment + ",seed=" + seed, Values: []string{grid, augment, seed}}
				m := fakeScores()
				for i := range m.Retrieval {
					d := 0.06*float64(g) - 0.015*float64(g*g) + 0.012*float64(a) + 0.01*r.NormFloat64()
					m.Retrieval[i].Value, m.Retrieval[i].Low, m.Retrieval[i].High = m.Retrieval[i].Value+d, m.Retrieval[i].Low+d, m.Retrieval[i].High+d
				}
				run.Metrics = []sweep.Metrics{{Stage: "scores", Metrics: m, Clusterings: map[string]string{"k-ours": "kmeans"}}}
				if broken && len(runs)%11 == 5 {
					run.Metrics, run.Problem = nil, "encoder@grid="+grid+" failed: <b>no memory</b> left for a batch of 4096"
				}
				if broken && len(runs)%7 == 2 {
					run.Gates = []string{"encoder: collapse"}
				}
				runs = append(runs, run)
			}
		}
	}
	table, err := sweep.New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func fakeSweepInput(t testing.TB, seeds int, broken bool) SweepInput {
	in := SweepInput{Title: "ablation", Table: fakeTable(t, seeds, broken), Links: map[string]string{}, Seed: 1, Run: fakeRun(), Counts: "412 stages, 300 cached, 112 ran"}
	for _, r := range in.Table.Runs {
		in.Links[r.Name] = "variants/" + r.Name + "/report.html"
	}
	im := newFakeImages(60, false)
	for i, place := range []string{"best", "median", "worst", baseline} {
		e := fakeEmbeddings(im.labels, place, false, 0.2+0.3*float64(i))
		in.Photos = append(in.Photos, SweepPhotos{Name: in.Table.Rows[3*i].Name, Place: place, Images: im, Neighbours: fakeNeighbours(e, place)})
	}
	return in
}

// sweepPageOf draws a page and keeps it in REPORT_OUT to look at.
func sweepPageOf(t *testing.T, in SweepInput, name string) (*html.Node, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSweep(t.Context(), &b, in); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return checkPage(t, b.Bytes()), b.Bytes()
}

func TestSweepPage(t *testing.T) {
	for name, in := range map[string]SweepInput{
		"seeds": fakeSweepInput(t, 3, false), "one": fakeSweepInput(t, 1, false), "broken": fakeSweepInput(t, 2, true),
	} {
		t.Run(name, func(t *testing.T) {
			root, page := sweepPageOf(t, in, "sweep-"+name)
			words := strings.Join(strings.Fields(text(root)), " ")
			for _, want := range append(slices.Clone(in.Table.Verdict.Sentences), "Against the best", "the baseline is last", "baseline: vgg16 fc2, random weights", "variants and the baseline", "garment chance 0.200", in.Table.Rows[0].Values[0], "412 stages") {
				if !strings.Contains(words, want) {
					t.Errorf("the page doesn't say %q", want)
				}
			}
			if broken := name == "broken"; strings.Contains(words, "no memory") != broken || strings.Contains(words, "gate failed: encoder: collapse") != broken {
				t.Errorf("failures told: %v, want %v", !broken, broken)
			}
			if bytes.Contains(page, []byte("<b>no memory")) {
				t.Error("an error's text is markup")
			}
			again := fakeSweepInput(t, len(in.Table.Rows[0].Runs), name == "broken")
			if _, b := sweepPageOf(t, again, "again"); !bytes.Equal(b, page) {
				t.Error("the same input gives another page")
			}
		})
	}
}

// The galleries show the same queries under each variant, with the neighbours that it found.
func TestSweepGalleries(t *testing.T) {
	in := fakeSweepInput(t, 1, false)
	g, err := newSweepGalleries(t.Context(), in)
	if err != nil || len(g.Queries) != sweepQueries {
		t.Fatalf("%d queries (%v)", len(g.Queries), err)
	}
	for _, q := range g.Queries {
		for i, l := range q.Lines {
			n := in.Photos[i].Neighbours
			row := slices.IndexFunc(n.Labels, func(l formats.Labels) bool { return strings.HasSuffix(q.Shot.Alt, l.ID) })
			index, _ := n.Row(row)
			if len(l.Shots) != sweepTop || !strings.HasSuffix(l.Shots[0].Alt, n.Labels[index[0]].ID) || l.Model.Name != in.Photos[i].Name {
				t.Errorf("query %s under %s: %+v", q.Shot.Alt, in.Photos[i].Place, l)
			}
		}
	}
}

// Without scores there is a page all the same: of what failed.
func TestSweepPageWithoutScores(t *testing.T) {
	in := fakeSweepInput(t, 1, false)
	axes := []sweep.Axis{{Name: "grid", Values: []string{"1x1"}}}
	table, err := sweep.New(t.Context(), axes, []*sweep.Run{{Name: "grid=1x1", Values: []string{"1x1"}, Problem: "photos failed: gone"}}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Table, in.Photos = table, nil
	root, _ := sweepPageOf(t, in, "sweep-none")
	if words := text(root); !strings.Contains(words, "No variant has scores") || !strings.Contains(words, "photos failed: gone") {
		t.Errorf("the page says %s", words)
	}
}

// A thousand variants make a page of a few megabytes in well under a second.
func TestSweepPageOfMany(t *testing.T) {
	axes := []sweep.Axis{{Name: "x"}}
	var runs []*sweep.Run
	for i := range 1000 {
		v := fmt.Sprint(i)
		axes[0].Values = append(axes[0].Values, v)
		runs = append(runs, &sweep.Run{Name: "x=" + v, Values: []string{v}, Metrics: []sweep.Metrics{{Stage: "s", Metrics: fakeScores()}}})
	}
	table, err := sweep.New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, page := sweepPageOf(t, SweepInput{Title: "many", Table: table, Run: fakeRun()}, "sweep-many")
	if len(page) > 4e6 {
		t.Errorf("the page has %d bytes", len(page))
	}
}
