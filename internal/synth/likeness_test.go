package synth

import (
	"math"
	"testing"
)

// histogram counts colours, 4 steps a channel, of the pixels where the item is seen (inside) or is not.
func histogram(p *Photo, inside bool) [64]float64 {
	var h [64]float64
	n := 0.0
	for i, o := range p.Seen {
		if (o != 0) == inside {
			c := p.Image.Pix[4*i:]
			h[int(c[0])>>6<<4|int(c[1])>>6<<2|int(c[2])>>6]++
			n++
		}
	}
	for i := range h {
		h[i] /= math.Max(n, 1)
	}
	return h
}

// shared is the share that two histograms have in common, 0 to 1.
func shared(a, b [64]float64) float64 {
	s := 0.0
	for i := range a {
		s += math.Min(a[i], b[i])
	}
	return s
}

// ahead is how often a photo of the same garment is more alike than a photo of another one, in user photos, whose scenes
// vary: 0.5 is chance.
func ahead(photos [][]Photo, inside bool) float64 {
	hist := make([][][64]float64, len(photos))
	for g := range photos {
		for i := range photos[g] {
			hist[g] = append(hist[g], histogram(&photos[g][i], inside))
		}
	}
	won, all := 0.0, 0.0
	for g := range hist {
		for i := range hist[g] {
			for j := range hist[g] {
				if i == j {
					continue
				}
				same := shared(hist[g][i], hist[g][j])
				for o := range hist {
					if o == g {
						continue
					}
					other := shared(hist[g][i], hist[o][j])
					all++
					if same > other {
						won++
					} else if same == other {
						won += 0.5
					}
				}
			}
		}
	}
	return won / all
}

func TestGarmentsAreAlikeAndBackgroundsAreNot(t *testing.T) {
	var photos [][]Photo
	for g := range 39 {
		var of []Photo
		for nth := range 4 {
			of = append(of, Draw(uint64(1000+g), g%categories+1, "user", nth, 75, 100))
		}
		photos = append(photos, of)
	}
	garment, background := ahead(photos, true), ahead(photos, false)
	t.Logf("a photo of the same garment is more alike than one of another: by the garment %.3f, by the background %.3f", garment, background)
	if garment < 0.8 {
		t.Errorf("by the garment's colours only %.3f", garment)
	}
	if background > 0.6 {
		t.Errorf("by the background's colours %.3f: the background gives the garment away", background)
	}
}
