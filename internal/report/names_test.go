package report

import (
	"bytes"
	"strings"
	"testing"
)

// A page without a title gets the run's; one with a title keeps it.
func TestEmbedTitle(t *testing.T) {
	run := fakeRun()
	run.Title = "losses <small>"
	for title, want := range map[string]string{"": run.Title, "Mine": "Mine"} {
		o := Defaults()
		o.Title = title
		page, root := write(t, fakeInput(20, false), o)
		if words := text(root); title == "" && !strings.Contains(words, "resnet18, vicreg, 5 epochs against vgg16 fc2, random weights") {
			t.Error("without a run the page isn't called by its models")
		}
		var full bytes.Buffer
		if err := Embed(&full, page, run); err != nil {
			t.Fatal(err)
		}
		heads := 0
		for n := range checkPage(t, full.Bytes()).Descendants() {
			if n.Data == "h1" || n.Data == "title" && n.Parent.Data == "head" {
				heads++
				if got := text(n); got != want {
					t.Errorf("%s %q, want %q", n.Data, got, want)
				}
			}
		}
		if heads != 2 {
			t.Errorf("%d titles", heads)
		}
	}
}

// Models of one name are told apart by their stages, which only a run knows.
func TestEmbedNamesStages(t *testing.T) {
	in := fakeInput(20, false)
	in.Scores.Models[1].Name, in.Scores.Models[1].Random = in.Scores.Models[0].Name, false
	page, _ := write(t, in, Defaults())
	if strings.Contains(string(page), "masked") {
		t.Error("the artifact holds the name of a stage")
	}
	run := fakeRun()
	run.Stages[6].Name, run.Stages[6].Digest = "masked", "aaa"
	run.Stages[7].Name, run.Stages[7].Digest = "<plain>", "bbb"
	var full bytes.Buffer
	if err := Embed(&full, page, run); err != nil {
		t.Fatal(err)
	}
	checkPage(t, full.Bytes())
	for _, want := range []string{"stage <code>masked</code>", "stage <code>&lt;plain&gt;</code>"} {
		if !strings.Contains(full.String(), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	if page, _ = write(t, fakeInput(20, false), Defaults()); bytes.Contains(page, []byte("data-stage")) {
		t.Error("models of two names have places for stages")
	}
}
