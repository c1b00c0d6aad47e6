package drift

import (
	"fmt"

	"fashionpipe/formats"
)

// Contents gives the SHA-256 of photo files by the id of their rows; nil: not known.
type Contents map[string]string

// Add takes in rows of a catalogue.
func (c Contents) Add(photos []formats.Photo) {
	for i := range photos {
		c[photos[i].ID] = photos[i].SHA256
	}
}

// pairing says which rows before are which rows now.
type pairing struct {
	of               []int // of each row now: the row before, -1 for a new photo
	both             int
	renamed, changed int // changed: new photos whose id was that of another content
}

// pair finds the same photos in two tables. A photo is the same if it has the same id, unless its content is known to be
// another; and if it has the same content (and item) under an id that isn't paired yet.
func pair(now, before []formats.Labels, is, was Contents) pairing {
	p := pairing{of: make([]int, len(now))}
	rows := make(map[string]int, len(before))
	for i := range before {
		rows[before[i].ID] = i
	}
	taken := make([]bool, len(before))
	for i := range now {
		p.of[i] = -1
		j, ok := rows[now[i].ID]
		if !ok {
			continue
		}
		if a, b := is[now[i].ID], was[now[i].ID]; a != "" && b != "" && a != b {
			continue
		}
		p.of[i], taken[j] = j, true
		p.both++
	}
	p.byContent(now, before, taken, is, was)
	for i, j := range p.of { // only now: two photos that changed names are renamed, and nothing changed
		if _, known := rows[now[i].ID]; known && j < 0 {
			p.changed++
		}
	}
	return p
}

// byContent pairs what is left over by content, in the order of the rows.
func (p *pairing) byContent(now, before []formats.Labels, taken []bool, is, was Contents) {
	left := map[string][]int{}
	for j := range before {
		if sum := was[before[j].ID]; sum != "" && !taken[j] {
			k := itemKey(sum, before[j].Item)
			left[k] = append(left[k], j)
		}
	}
	for i := range now {
		sum := is[now[i].ID]
		if p.of[i] >= 0 || sum == "" {
			continue
		}
		k := itemKey(sum, now[i].Item)
		if js := left[k]; len(js) > 0 {
			p.of[i], left[k] = js[0], js[1:]
			p.both++
			p.renamed++
		}
	}
}

func itemKey(sum string, item int32) string { return fmt.Sprintf("%s#%d", sum, item) }
