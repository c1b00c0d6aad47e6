package drift

import (
	"fmt"
	"strings"

	"fashionpipe/formats"
)

// Tally counts what became of clusters.
type Tally struct{ Kept, Grown, Shrunk, Split, Merged, Died, Born int }

// Count counts clusters before by their fate, and clusters now that were born, or were kept and grew or shrank.
func Count(d *formats.Drift) (t Tally) {
	for _, o := range d.Old {
		switch o.Fate {
		case formats.Kept:
			t.Kept++
		case formats.Split:
			t.Split++
		case formats.Merged:
			t.Merged++
		case formats.Died:
			t.Died++
		}
	}
	for _, n := range d.Now {
		switch {
		case n.Origin == formats.Born:
			t.Born++
		case n.Origin == formats.Kept && n.Change == "grown":
			t.Grown++
		case n.Origin == formats.Kept && n.Change == "shrunk":
			t.Shrunk++
		}
	}
	return t
}

// muchUncovered is the share of photos new or gone from which people are told that the verdict says nothing of them.
const muchUncovered = 0.2

// Uncovered says how many photos the verdict leaves out, where they are many: "112 of 255 photos are new: the verdict
// covers 143"; else "".
func Uncovered(d *formats.Drift) string {
	var parts []string
	if d.Before == "" || d.Both == 0 {
		return ""
	}
	if float64(d.New) >= muchUncovered*float64(d.Photos) {
		parts = append(parts, fmt.Sprintf("%d of %d photos are new", d.New, d.Photos))
	}
	if float64(d.Gone) >= muchUncovered*float64(d.PhotosBefore) {
		parts = append(parts, fmt.Sprintf("%d of %d before are gone", d.Gone, d.PhotosBefore))
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: the verdict covers %d", strings.Join(parts, ", "), d.Both)
}

// Changes words it: "9 kept (2 grown, 1 shrunk), 1 split, 2 merged, 0 died, 1 born".
func Changes(d *formats.Drift) string {
	t := Count(d)
	kept := fmt.Sprintf("%d kept", t.Kept)
	var sizes []string
	if t.Grown > 0 {
		sizes = append(sizes, fmt.Sprintf("%d grown", t.Grown))
	}
	if t.Shrunk > 0 {
		sizes = append(sizes, fmt.Sprintf("%d shrunk", t.Shrunk))
	}
	if len(sizes) > 0 {
		kept += " (" + strings.Join(sizes, ", ") + ")"
	}
	return fmt.Sprintf("%s, %d split, %d merged, %d died, %d born", kept, t.Split, t.Merged, t.Died, t.Born)
}
