package synth

// The categories of DeepFashion2.
const (
	shortSleeveTop = iota + 1
	longSleeveTop
	shortSleeveOutwear
	longSleeveOutwear
	vest
	sling
	shorts
	trousers
	skirt
	shortSleeveDress
	longSleeveDress
	vestDress
	slingDress
	categories = slingDress
)

// CategoryNames are DeepFashion2's names of its categories; the index is the category's id, 1 to 13.
var CategoryNames = [categories + 1]string{
	"", "short sleeve top", "long sleeve top", "short sleeve outwear", "long sleeve outwear", "vest", "sling", "shorts",
	"trousers", "skirt", "short sleeve dress", "long sleeve dress", "vest dress", "sling dress",
}

// LandmarkCounts are the numbers of landmarks DeepFashion2 gives an item of each category.
var LandmarkCounts = [categories + 1]int{0, 25, 33, 31, 39, 15, 15, 10, 14, 8, 29, 37, 19, 19}

func isOutwear(category int) bool {
	return category == shortSleeveOutwear || category == longSleeveOutwear
}
func isBottom(category int) bool { return category >= shorts && category <= skirt }
func isDress(category int) bool  { return category >= shortSleeveDress }

// garment is one piece of clothing: the same over all its photos.
type garment struct {
	category   int
	cut        cut
	fabric     fabric
	trim       rgb    // of ribs, collars, buttons and seams
	cloth      shader // of the body
	plainCloth shader // of the sleeves: without the picture on the chest
}

// newGarment designs a garment of a category.
func newGarment(d dice, category int) *garment {
	g := &garment{category: category}
	switch {
	case isBottom(category):
		g.cut = bottomCut(d, category)
	default:
		g.cut = topCut(d, category)
	}
	g.choose(d)
	return g
}

// choose picks the fabric, in what suits the category.
func (g *garment) choose(d dice) {
	g.fabric = newFabric(d, g.cut.hemY)
	if (g.category == shorts || g.category == trousers) && d.chance(0.4) || isOutwear(g.category) && d.chance(0.15) {
		g.fabric.denim(d)
	}
	if isOutwear(g.category) && d.chance(0.35) && g.fabric.pattern != "washed" {
		g.fabric.pattern = pick(d, "plain", "plain", "tartan", "houndstooth", "windowpane")
	}
	g.trim = g.fabric.trim()
	g.plainCloth = g.fabric.shader()
	g.cloth = g.plainCloth
	if g.cut.graphic > 0 && g.fabric.pattern == "plain" {
		g.cloth = graphic(&g.fabric, g.cloth, g.cut.graphic, g.cut.neckD+12)
	}
}

// recoloured is the same cut in another cloth: another style of the same pair.
func (g *garment) recoloured(d dice) *garment {
	r := &garment{category: g.category, cut: g.cut}
	for range 20 {
		r.choose(d)
		if r.fabric.colour[0].apart(g.fabric.colour[0]) > 120 {
			break
		}
	}
	return r
}
