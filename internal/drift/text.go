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
