package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestEmbed(t *testing.T) {
	page, _ := write(t, fakeInput(20, false), Defaults())
	run := fakeRun()
	run.Started = time.Date(2026, 11, 22, 10, 15, 30, 0, time.UTC)
	run.Stages[5].Notes = []string{"<script>alert(1)</script>"}
	var full bytes.Buffer
	if err := Embed(&full, page, run); err != nil {
		t.Fatal(err)
	}
	root := checkPage(t, full.Bytes())
	words := text(byID(root, "run"))
	for _, want := range []string{"20261122-101530-ab12", "2026-11-22 10:15:30 UTC", "2 of 13 stages came from the cache, which saved 5.0 s.",
		"near_vgg16 retrieve ✕ failed", "no room on the disk", "<script>alert(1)</script>", "name: quickstart"} {
		if !strings.Contains(words, want) {
			t.Errorf("the run doesn't say %q", want)
		}
	}
	if !strings.HasSuffix(sections(root), " run") {
		t.Errorf("the run is hidden: %s", sections(root))
	}
	if err := Embed(&bytes.Buffer{}, full.Bytes(), run); !errors.Is(err, ErrNoSlot) {
		t.Errorf("a second run was put into the page: %v", err)
	}
	if err := Check(full.Bytes()); !errors.Is(err, ErrNoSlot) {
		t.Errorf("a page with a run passes as an artifact: %v", err)
	}
}

func TestEmbedNoReport(t *testing.T) {
	for _, page := range []string{"", "<html></html>", slot, navSlot} {
		var out bytes.Buffer
		if err := Embed(&out, []byte(page), Run{}); !errors.Is(err, ErrNoSlot) || out.Len() > 0 {
			t.Errorf("%q: %v, wrote %d bytes", page, err, out.Len())
		}
	}
}

func TestCheckCutOff(t *testing.T) {
	page, _ := write(t, fakeInput(20, false), Defaults())
	if err := Check(page); err != nil {
		t.Error(err)
	}
	if err := Check(page[:len(page)-20]); err == nil {
		t.Error("a page that is cut off passes")
	}
}

// No two boxes of a graph overlap, each lies in the drawing, and every edge goes to the right.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "stages")
		var stages []Stage
		at := map[string]int{}
		for i := range n {
			s := Stage{Name: string(rune('a' + i))}
			for j := range i {
				if rapid.Bool().Draw(t, "edge") {
					s.After = append(s.After, stages[j].Name)
				}
			}
			at[s.Name] = i
			stages = append(stages, s)
		}
		d := layout(stages)
		for i, a := range d.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+boxWidth > d.Width || a.Y+boxHeight > d.Height {
				t.Fatalf("%s lies outside the drawing", a.Name)
			}
			for _, b := range d.Boxes[:i] {
				if a.X == b.X && max(a.Y-b.Y, b.Y-a.Y) < boxHeight {
					t.Fatalf("%s and %s overlap", a.Name, b.Name)
				}
			}
			for _, in := range stages[at[a.Name]].After {
				if d.Boxes[at[in]].X >= a.X {
					t.Fatalf("%s is not to the right of its input %s", a.Name, in)
				}
			}
		}
	})
}
