package synth

import "sort"

// shot is a photo to be drawn.
type shot struct {
	split  string // train, validation or test
	number int    // from 1, in its split: the file's name
	source string
	pair   int
	nth    int // of the photos of its pair
	scene  int // from 1, the background; 0: one of its own
	items  []ware
}

// ware names a garment: equal wares are the same garment.
type ware struct {
	category int
	style    int // as annotated: 0 for a garment that no other photo shows
	extra    int // for style 0: the photo it belongs to, so that it is another garment each time
}

// plan lists all photos, by split and number.
func plan(o Options) []shot {
	train, validation, test := o.Splits()
	pair := 1
	var all []shot
	for _, s := range []struct {
		name string
		n    int
	}{{"train", train}, {"validation", validation}, {"test", test}} {
		shots := planSplit(o, s.name, s.n, &pair)
		if s.name == "validation" { // as released: the user photos first
			sort.SliceStable(shots, func(i, j int) bool { return shots[i].source == "user" && shots[j].source == "shop" })
		}
		for i := range shots {
			shots[i].split, shots[i].number = s.name, i+1
		}
		all = append(all, shots...)
	}
	return all
}

// planSplit fills a split with n photos, pair after pair. Categories come in turn, each once in thirteen pairs.
func planSplit(o Options, split string, n int, pair *int) []shot {
	d := throw(o.Seed, "plan", split)
	var shots []shot
	var turn []int
	for len(shots) < n {
		if len(turn) == 0 {
			turn = d.Perm(categories)
		}
		category := turn[0] + 1
		turn = turn[1:]
		if o.Scenes > 0 {
			shots = append(shots, planScenes(d, category, *pair, min(o.Scenes, n-len(shots)))...)
		} else {
			shots = append(shots, planPair(o, d, category, *pair, n-len(shots))...)
		}
		*pair++
	}
	return shots
}

// planScenes plans a garment's photos, one in front of each scene. Half of them are by users, whichever the scene is: so
// pose and light, which follow the source, tell nothing of the scene.
func planScenes(d dice, category, pair, scenes int) []shot {
	shots := make([]shot, scenes)
	for turn, i := range d.Perm(scenes) {
		shots[i] = shot{pair: pair, nth: i, scene: i + 1, source: []string{"shop", "user"}[turn%2], items: []ware{{category: category, style: 1}}}
	}
	return shots
}

// planPair plans the photos of one pair_id: at most left of them, and never so that a single photo remains.
func planPair(o Options, d dice, category, pair, left int) []shot {
	n := max(2, o.PerGarment+d.IntN(3)-1)
	if o.PerGarment <= 2 {
		n = 2
	}
	if d.chance(0.04) || left == 1 { // one photo, in no pair
		if left != 2 {
			return []shot{{source: pick(d, "user", "shop"), pair: pair, items: []ware{{category: category, extra: 1}}}}
		}
	}
	styles := 1
	if left >= 2*n && d.chance(0.12) { // the same cut in two cloths
		styles = 2
	}
	if n = min(n, left); left-styles*n == 1 {
		n++
		styles = 1
	}
	n = min(n, left)
	partner, steady := 0, d.chance(0.5)
	if styles == 1 && !isDress(category) && d.chance(o.TwoItems*13/9) {
		partner = pick(d, shorts, trousers, trousers, skirt)
		if isBottom(category) {
			partner = pick(d, shortSleeveTop, longSleeveTop, longSleeveOutwear, shortSleeveOutwear, vest, sling)
		}
	}
	var shots []shot
	for style := 1; style <= styles; style++ {
		for i := range n {
			s := shot{pair: pair, nth: len(shots), source: pick(d, "user", "shop")}
			if i < 2 { // at least one of each
				s.source = []string{"shop", "user"}[i]
			}
			s.items = []ware{{category: category, style: style}}
			if partner > 0 {
				w := ware{category: partner, style: 2}
				if !steady {
					w = ware{category: partner, extra: i + 1}
				}
				s.items = append(s.items, w)
				if isBottom(category) {
					s.items[0], s.items[1] = s.items[1], s.items[0]
				}
			}
			shots = append(shots, s)
		}
	}
	return shots
}

// garment designs the garment that a ware names.
func (s *shot) garment(seed uint64, w ware) *garment {
	if w.style == 0 {
		return newGarment(throw(seed, "garment", s.pair, "extra", w.extra, w.category), w.category)
	}
	g := newGarment(throw(seed, "garment", s.pair, w.category), w.category)
	if w.style == 2 && len(s.items) == 1 {
		return g.recoloured(throw(seed, "garment", s.pair, w.category, "again"))
	}
	return g
}

// draw takes the photo.
func (c *canvas) drawShot(seed uint64, s *shot) Annotation {
	items := make([]worn, len(s.items))
	for i, w := range s.items {
		items[i] = worn{garment: s.garment(seed, w), style: w.style}
	}
	backdrop := func(d dice, lies bool) { c.backdrop(d, s.source, lies) }
	if s.scene > 0 {
		backdrop = func(dice, bool) { c.shared(seed, s.scene) }
	}
	a := c.take(throw(seed, "photo", s.pair, s.nth), s.source, items, backdrop)
	a.PairID, a.Scene = s.pair, s.scene
	return a
}
