package synth

// arm is how an arm is held: degrees outwards from hanging straight down, above and below the elbow.
type arm struct{ upper, lower float64 }

// pose is how a garment is shown in one photo.
type pose struct {
	arms   [2]arm  // left and right in the photo
	spread float64 // of the feet, cm each
	worn   bool    // on a person or a bust; otherwise it lies or hangs
	back   bool    // seen from behind
	d      dice    // of the creases
}

const (
	upperArm = 28.0
	foreArm  = 25.0
)

// sides are left and right in the photo.
var sides = [2]float64{-1, 1}

// newPose picks a pose. Shops show garments calmly, users anyhow.
func newPose(d dice, source string, worn bool) pose {
	p := pose{worn: worn, spread: d.in(-2, 6), d: d}
	calm := arm{d.in(12, 20), d.in(5, 13)}
	p.arms = [2]arm{calm, calm}
	switch {
	case !worn:
		u := d.in(14, 50)
		p.arms = [2]arm{{u, u * d.in(0.5, 1)}, {u, u * d.in(0.5, 1)}}
	case source == "shop" && d.chance(0.5):
		p.arms[d.IntN(2)] = arm{d.in(36, 46), d.in(-48, -36)} // hand on the hip
	case source == "user":
		i := d.IntN(2)
		p.arms[i] = pick(d, arm{d.in(20, 60), d.in(10, 60)}, arm{d.in(36, 46), d.in(-48, -36)}, arm{d.in(12, 25), d.in(-75, -55)},
			arm{d.in(20, 30), d.in(-165, -150)}, calm)
		p.arms[1-i] = arm{d.in(8, 30), d.in(0, 25)}
	}
	p.back = worn && d.chance(0.08)
	return p
}

// joint is where an arm starts on a shoulder that ends at s.
func joint(s pt) pt { return s.add(pt{-3, 5.5}) }

// along gives the point at length t of the middle of an arm from joint j (right side), and the direction there.
func (a arm) along(j pt, t float64) (pt, pt) {
	k := smooth(upperArm-5, upperArm+5, t)
	d := direction(lerp(a.upper, a.lower, k))
	p := j.add(direction(a.upper).mul(min(t, upperArm)))
	return p.add(direction(a.lower).mul(max(0, t-upperArm))), d
}
