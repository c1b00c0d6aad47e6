package report

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"fashionpipe/formats"
)

// write draws a page and parses it.
func write(t *testing.T, in Input, o Options) ([]byte, *html.Node) {
	t.Helper()
	var page bytes.Buffer
	if err := Write(t.Context(), &page, in, o); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		name := strings.ReplaceAll(t.Name(), "/", "_") + ".html"
		if err := os.WriteFile(filepath.Join(dir, name), page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return page.Bytes(), checkPage(t, page.Bytes())
}

// sections lists the ids of the sections people can see.
func sections(root *html.Node) string {
	var ids []string
	for n := range root.Descendants() {
		if n.Data != "section" {
			continue
		}
		if _, hidden := attr(n, "hidden"); !hidden {
			id, _ := attr(n, "id")
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " ")
}

func TestSections(t *testing.T) {
	full := fakeInput(60, false)
	for _, c := range []struct {
		name, want string
		change     func(in *Input, o *Options)
	}{
		{"all", "retrieval clustering training galleries clusters map inputs rejects", func(*Input, *Options) {}},
		{"images alone", "inputs rejects", func(in *Input, _ *Options) { *in = Input{Images: in.Images} }},
		{"no scores", "training galleries clusters map inputs rejects", func(in *Input, _ *Options) { in.Scores = nil }},
		{"no neighbours", "retrieval clustering training clusters map inputs rejects", func(in *Input, _ *Options) { in.Neighbours = nil }},
		{"only ours", "retrieval clustering training galleries clusters map inputs rejects", func(in *Input, _ *Options) {
			in.Neighbours, in.Clusters, in.Embeddings = in.Neighbours[:1], in.Clusters[:1], in.Embeddings[:1]
		}},
		{"zero limits", "retrieval clustering training inputs rejects", func(_ *Input, o *Options) { *o = Options{Title: "t"} }},
		{"no history", "retrieval clustering training galleries clusters map inputs rejects", func(in *Input, _ *Options) {
			in.Encoder = &EncoderTable{Info: in.Encoder.Info}
		}},
		{"empty scores", "training galleries clusters map inputs rejects", func(in *Input, _ *Options) { in.Scores = &formats.Metrics{} }},
		{"no cells", "retrieval clustering training galleries clusters map inputs rejects", func(in *Input, _ *Options) {
			im := *in.Images.(*fakeImages)
			im.spec.Grid, im.spec.Cell, im.spec.CellSize, im.cell = "", "", 0, nil
			in.Images = &im
		}},
		{"no rows", "inputs rejects", func(in *Input, _ *Options) { *in = Input{Images: &fakeImages{spec: in.Images.Spec()}} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, o := full, Defaults()
			c.change(&in, &o)
			_, root := write(t, in, o)
			if got := sections(root); got != c.want {
				t.Errorf("sections %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoLabels(t *testing.T) {
	_, root := write(t, fakeInput(40, true), Defaults())
	words := text(root)
	for _, bad := range []string{"purity", "same category", "of 5 match"} {
		if strings.Contains(strings.ToLower(words), bad) {
			t.Errorf("a page of photos without labels says %q", bad)
		}
	}
	if !strings.Contains(words, "judge the similarity by eye") {
		t.Error("the galleries don't say that there are no labels")
	}
}

func TestSameBytes(t *testing.T) {
	a, _ := write(t, fakeInput(60, false), Defaults())
	b, _ := write(t, fakeInput(60, false), Defaults())
	if !bytes.Equal(a, b) {
		t.Error("equal inputs gave different pages")
	}
	o := Defaults()
	o.Seed = 1
	if c, _ := write(t, fakeInput(60, false), o); bytes.Equal(a, c) {
		t.Error("another seed drew the same queries, photos and points")
	}
}

func TestHostileLabels(t *testing.T) {
	in := fakeInput(40, false)
	im := in.Images.(*fakeImages)
	evil := `<script>alert(1)</script>"><img src=x onerror=alert(1)>` + slot + navSlot
	for i := range im.labels { // shared by every table of fakeInput
		im.labels[i].ID += evil
		im.labels[i].Category = evil + im.labels[i].Category
	}
	in.ImageRejects = []formats.Reject{{Path: "javascript:alert(1)" + evil, Reason: evil}}
	in.Scores.Models[0].Name = evil
	in.Encoder.Info.Name = evil
	o := Defaults()
	o.Title = evil + "</style></title>"
	page, root := write(t, in, o)
	scripts := 0
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" {
			scripts++
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts, want the page's own", scripts)
	}
	if n := bytes.Count(page, []byte(slot)); n != 1 {
		t.Errorf("%d places for a run, want 1", n)
	}
	if err := Check(page); err != nil {
		t.Error(err)
	}
}

func TestCollapsedIsLoud(t *testing.T) {
	in := fakeInput(40, false)
	_, root := write(t, in, Defaults())
	if strings.Contains(text(root), "collapsed. It gives") {
		t.Error("a healthy encoder is called collapsed")
	}
	in.Encoder = fakeEncoder(true)
	_, root = write(t, in, Defaults())
	banners := 0
	for n := range root.Descendants() {
		if r, _ := attr(n, "role"); r == "alert" {
			banners++
		}
	}
	if banners != 2 {
		t.Errorf("%d banners, want one at the top and one at the training", banners)
	}
}

func TestRandomWeightsAreNamed(t *testing.T) {
	_, root := write(t, fakeInput(40, false), Defaults())
	if !strings.Contains(text(root), "The baseline is untrained") {
		t.Error("the page doesn't say that the baseline is random")
	}
	for _, id := range []string{"retrieval", "clustering", "galleries", "clusters", "map"} {
		if s := byID(root, id); !strings.Contains(text(s), "random weights") {
			t.Errorf("section %s doesn't say that the baseline's weights are random", id)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var page bytes.Buffer
	if err := Write(ctx, &page, fakeInput(40, false), Defaults()); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled report gave %v", err)
	}
	if page.Len() > 0 {
		t.Error("a cancelled report wrote something")
	}
}

func TestNoImages(t *testing.T) {
	if err := Write(t.Context(), &bytes.Buffer{}, Input{}, Defaults()); err == nil {
		t.Error("a report without images was drawn")
	}
}
