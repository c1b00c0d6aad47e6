package report

import (
	"cmp"
	"fmt"
	"slices"

	"fashionpipe/formats"
)

// flow is a picture of where photos went: clusters before on the left, clusters now on the right, a band for the photos
// of each pair.
type flow struct {
	Height    int
	Then, Now []flowNode
	Bands     []flowBand
	LeftOut   int // clusters too small to show
}

// flowNode is a cluster: a bar of its photos, of which some have no band.
type flowNode struct {
	Number       int
	Size         int
	Word         string // "split", "born", …; "" where it just goes on
	Y, H         float64
	Odd          float64 // height of the photos that are gone, or new
	OddY, TextY  float64
	next, middle float64
}

// flowBand is the photos of a cluster before that are in a cluster now.
type flowBand struct {
	Path  string
	Class string // "stay", "part" or "move"
	Title string
}

// Sizes of the picture, in pixels; across, the bands have flowAcross units over whatever width there is.
const (
	flowAcross  = 1000
	flowPhotos  = 420 // height of all photos of the fuller night
	flowGap     = 5
	flowPitch   = 17 // least distance of two clusters: a line of text
	flowMost    = 40 // clusters a side
	flowTextMid = 4
)

func newFlow(d *formats.Drift) *flow {
	f := &flow{}
	scale := flowPhotos / float64(max(d.Photos, d.PhotosBefore, 1))
	for _, o := range d.Old {
		n := flowNode{Number: o.Cluster, Size: o.Size, H: scale * float64(o.Size), Odd: scale * float64(o.Size-o.Both)}
		if o.Fate != formats.Kept {
			n.Word = o.Fate
		}
		f.Then = append(f.Then, n)
	}
	for _, c := range d.Now {
		n := flowNode{Number: c.Cluster, Size: c.Size, H: scale * float64(c.Size), Odd: scale * float64(c.Size-c.Both), Word: c.Change}
		if c.Origin != formats.Kept {
			n.Word = map[string]string{formats.Split: "part", formats.Merged: "merged", formats.Born: "born"}[c.Origin]
		}
		f.Now = append(f.Now, n)
	}
	f.Then, f.Now = f.largest(f.Then), f.largest(f.Now)
	f.stack(f.Then)
	f.order(d)
	f.stack(f.Now)
	f.band(d, scale)
	return f
}

// largest keeps the clusters that there is room for, and leaves out empty ones.
func (f *flow) largest(nodes []flowNode) []flowNode {
	nodes = slices.DeleteFunc(nodes, func(n flowNode) bool { return n.Size == 0 })
	slices.SortStableFunc(nodes, func(a, b flowNode) int { return cmp.Compare(b.Size, a.Size) })
	most := min(flowMost, len(nodes))
	f.LeftOut += len(nodes) - most
	return nodes[:most]
}

// stack places nodes below each other.
func (f *flow) stack(nodes []flowNode) {
	y := 1.0
	for i := range nodes {
		n := &nodes[i]
		n.Y, n.next = y, y
		n.middle = y + n.H/2
		n.OddY = y + n.H - n.Odd
		n.TextY = n.middle + flowTextMid
		if n.H < flowPitch-flowGap {
			n.TextY = y + flowPitch/2
		}
		y += max(n.H+flowGap, flowPitch)
	}
	f.Height = max(f.Height, int(y)+1)
}

// order sorts the right side by the mean height of where its photos come from, so that few bands cross.
func (f *flow) order(d *formats.Drift) {
	at := map[int32]float64{}
	for _, n := range f.Then {
		at[int32(n.Number)] = n.middle
	}
	sum, photos := map[int]float64{}, map[int]float64{}
	for _, x := range d.Flows {
		if x.Before == nil || x.Now == nil {
			continue
		}
		if y, ok := at[*x.Before]; ok {
			sum[int(*x.Now)] += y * float64(x.Photos)
			photos[int(*x.Now)] += float64(x.Photos)
		}
	}
	height := func(n flowNode) float64 {
		if photos[n.Number] == 0 {
			return 1e9 // all new: below
		}
		return sum[n.Number] / photos[n.Number]
	}
	slices.SortStableFunc(f.Now, func(a, b flowNode) int { return cmp.Compare(height(a), height(b)) })
}

// band draws the photos that both nights have.
func (f *flow) band(d *formats.Drift, scale float64) {
	place := func(nodes []flowNode) map[int32]int {
		at := map[int32]int{}
		for i, n := range nodes {
			at[int32(n.Number)] = i
		}
		return at
	}
	then, now := place(f.Then), place(f.Now)
	type pair struct {
		x, y int
		formats.Flow
	}
	var pairs []pair
	for _, x := range d.Flows {
		if x.Before == nil || x.Now == nil {
			continue
		}
		i, ok1 := then[*x.Before]
		j, ok2 := now[*x.Now]
		if ok1 && ok2 {
			pairs = append(pairs, pair{i, j, x})
		}
	}
	// Each side gives its places in the order of the other, so that bands of one cluster don't cross.
	starts := make([]float64, len(pairs))
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	for k, p := range pairs {
		starts[k] = f.Then[p.x].next
		f.Then[p.x].next += scale * float64(p.Photos)
	}
	for k, p := range pairs { // for one y, x rises
		h := scale * float64(p.Photos)
		n := &f.Now[p.y]
		f.Bands = append(f.Bands, flowBand{bandPath(starts[k], n.next, h), bandClass(d, p.Flow),
			fmt.Sprintf("%s of %d in %d", plural(int(p.Photos), "photo", "photos"), *p.Before, *p.Now)})
		n.next += h
	}
}

// bandClass says what a band means.
func bandClass(d *formats.Drift, x formats.Flow) string {
	o, n := d.Old[*x.Before], d.Now[*x.Now]
	switch {
	case x.Matched:
		return "stay"
	case o.Fate == formats.Split && slices.Contains(o.To, n.Cluster), n.Origin == formats.Merged && slices.Contains(n.From, o.Cluster):
		return "part"
	}
	return "move"
}

// bandPath is a band h high from y0 on the left to y1 on the right.
func bandPath(y0, y1, h float64) string {
	const l, r, mid = 0, flowAcross, flowAcross / 2
	return fmt.Sprintf("M%d %.1fC%d %.1f %d %.1f %d %.1fV%.1fC%d %.1f %d %.1f %d %.1fZ",
		l, y0, mid, y0, mid, y1, r, y1, y1+h, mid, y1+h, mid, y0+h, l, y0+h)
}
