package synth

// cut is the pattern a garment is sewn by, in cm. Widths are half widths: from the middle to the side.
type cut struct {
	neck                string  // crew, v, scoop, boat, square, sweetheart
	neckW, neckD        float64 // half width at the shoulder; depth
	shoulderW           float64
	armW, armY          float64 // armpit
	waistW, waistY      float64
	hemW, hemY          float64
	droop               float64 // how much lower the hem hangs in the middle
	sleeve, cuffW       float64 // length from the shoulder (0: none) and half width at its end
	bell                float64 // extra half width towards the end of the sleeve
	collar              string  // "", shirt, roll, hood, lapel
	closure             string  // "", buttons, zip, half
	open                float64 // half width of the open front at the hem; 0: closed or no front opening
	rib                 bool    // ribs of the trim's colour at hem and cuffs
	pocket, belt        bool
	graphic             int // a picture on the chest; 0: none
	strap               float64
	hipW, kneeW, crotch float64 // of bottoms
	pleats              float64 // folds a skirt hangs in, per half width
	pleatDepth          float64 // cm
}

// topCut designs what covers the upper body: tops, outwear, dresses.
func topCut(d dice, category int) cut {
	c := cut{
		neck: pick(d, "crew", "crew", "v", "scoop", "boat"), neckW: d.in(6.5, 9.5), neckD: d.in(6, 9), shoulderW: d.in(18.5, 21.5),
		armW: d.in(17.5, 20), armY: d.in(18.5, 22), waistY: 42, hemY: d.in(54, 66), droop: d.in(-1, 3),
	}
	c.waistW = c.armW + d.in(-3, 1)
	c.hemW = c.armW + d.in(-1, 4)
	switch c.neck {
	case "v":
		c.neckD = d.in(12, 19)
	case "scoop":
		c.neckD = d.in(11, 15)
	case "boat":
		c.neckW, c.neckD = d.in(11, 13.5), d.in(3, 5)
	}
	c.sleeves(d, category)
	switch {
	case isOutwear(category):
		c.outwear(d)
	case isDress(category):
		c.dress(d)
	case category == shortSleeveTop || category == longSleeveTop:
		c.top(d)
	}
	return c
}

func (c *cut) sleeves(d dice, category int) {
	switch category {
	case shortSleeveTop, shortSleeveOutwear, shortSleeveDress:
		c.sleeve, c.cuffW = d.in(14, 24), d.in(6.5, 9)
		c.bell = pick(d, 0.0, 0, 0, 3)
	case longSleeveTop, longSleeveOutwear, longSleeveDress:
		c.sleeve, c.cuffW = d.in(50, 57), d.in(3.8, 5)
		c.bell = pick(d, 0.0, 0, 0, 3, 5)
	case vest, vestDress:
		c.strap = d.in(4.5, 8)
		c.neckW = d.in(7, 8.5)
		c.neckD = d.in(9, 15)
		c.neck = pick(d, "scoop", "v", "crew", "square")
		c.armY = d.in(19, 22)
		c.armW = d.in(16, 18)
		c.shoulderW = c.neckW + c.strap
	case sling, slingDress:
		c.strap = d.in(0.7, 1.4)
		c.neck = pick(d, "square", "sweetheart", "v")
		c.neckW, c.neckD = d.in(8, 10), d.in(13, 16)
		c.armW, c.armY = d.in(14.5, 16), d.in(19, 22)
		c.shoulderW = c.neckW
	}
}

func (c *cut) top(d dice) {
	switch d.IntN(8) {
	case 0, 1:
		c.collar, c.closure, c.neck, c.neckD, c.neckW = "shirt", "buttons", "v", 8, 7
		c.pocket = d.chance(0.6)
	case 2:
		c.collar, c.closure, c.neck, c.neckD, c.neckW = "shirt", "half", "v", 8, 7
	case 3:
		if c.sleeve > 40 {
			c.collar, c.neck, c.neckW, c.neckD = "roll", "crew", 7, 4
		}
		c.rib = true
	case 4:
		if c.sleeve > 40 {
			c.collar = "hood"
			c.neck, c.neckD = "crew", 8
			c.rib, c.pocket = true, true
		}
	}
	if c.closure == "" && d.chance(0.6) {
		c.graphic = 1 + d.IntN(6)
	}
}

func (c *cut) outwear(d dice) {
	c.shoulderW += 1.5
	c.armW += 2
	c.waistW = c.armW + d.in(-2, 1)
	c.neck, c.neckW, c.neckD = "v", d.in(7.5, 9), d.in(9, 14)
	c.collar = pick(d, "lapel", "lapel", "shirt", "hood", "")
	c.closure = pick(d, "buttons", "zip", "")
	c.open = d.in(3, 9)
	c.pocket = true
	c.hemY = d.in(56, 74)
	if c.sleeve > 40 {
		c.cuffW += 2
		if d.chance(0.45) {
			c.hemY = d.in(88, 112)
		}
	} else {
		c.cuffW += 2
	}
	c.hemW = c.armW + d.in(0, 3) + (c.hemY-60)*0.08
	c.rib = c.hemY < 72 && c.collar != "lapel" && d.chance(0.5)
}

func (c *cut) dress(d dice) {
	c.waistY = d.in(36, 46)
	c.waistW = d.in(13.5, 16)
	c.armW = min(c.armW, 17.5)
	c.hemY = d.in(88, 140)
	c.hemW = d.in(22, 40)
	if d.chance(0.3) { // straight
		c.hemW, c.waistW = d.in(19, 22), d.in(15.5, 17.5)
		c.hemY = d.in(85, 110)
	}
	c.droop = d.in(1, 4)
	c.belt = d.chance(0.4)
	c.pleats, c.pleatDepth = d.in(2, 4.5), d.in(0.5, 1.5)
	if c.collar = ""; c.sleeve > 0 && d.chance(0.25) {
		c.collar, c.closure, c.neck, c.neckD, c.neckW = "shirt", "buttons", "v", 8, 7
	}
}

// bottomCut designs shorts, trousers and skirts.
func bottomCut(d dice, category int) cut {
	c := cut{waistY: d.in(41, 48), waistW: d.in(13.5, 15.5), hipW: d.in(18, 20.5), crotch: d.in(76, 80), pocket: d.chance(0.8), belt: d.chance(0.5)}
	switch category {
	case shorts:
		c.hemY = d.in(86, 108)
		c.hemW = d.in(10.5, 14)
		c.kneeW = c.hemW
	case trousers:
		c.hemY = d.in(138, 154)
		c.hemW = pick(d, d.in(6, 7.5), d.in(8.5, 11), d.in(12, 16))
		c.kneeW = lerp(9.5, c.hemW, 0.45)
		if d.chance(0.2) { // flared
			c.kneeW, c.hemW = 8.2, d.in(12, 15)
		}
	case skirt:
		c.hemY = d.in(82, 140)
		c.hemW = d.in(22, 42)
		c.pleats, c.pleatDepth = d.in(2, 7), d.in(0.5, 1.6)
		if d.chance(0.25) { // pencil
			c.hemW, c.hemY, c.pleatDepth = d.in(16.5, 19), d.in(90, 112), 0.15
		}
		c.droop = d.in(1, 4)
	}
	return c
}
