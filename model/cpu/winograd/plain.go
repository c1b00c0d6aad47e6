package winograd

// line is a vector to transform in place, or transformed, for some channels side by side: work on them is a loop without calls.
type line [6][side]float32

const side = 8

func input6(d *line) {
	for c := range side {
		d0, d1, d2, d3, d4, d5 := d[0][c], d[1][c], d[2][c], d[3][c], d[4][c], d[5][c]
		evenA, oddA := d4-b*b*d2, a*(d3-b*b*d1)
		evenB, oddB := d4-a*a*d2, b*(d3-a*a*d1)
		d[0][c] = a*a*b*b*d0 - (a*a+b*b)*d2 + d4
		d[1][c], d[2][c], d[3][c], d[4][c] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB
		d[5][c] = a*a*b*b*d1 - (a*a+b*b)*d3 + d5
	}
}

func input4(d *line) {
	for c := range side {
		d0, d1, d2, d3 := d[0][c], d[1][c], d[2][c], d[3][c]
		d[0][c], d[1][c], d[2][c], d[3][c] = d0-d2, d1+d2, d2-d1, d3-d1
	}
}

func weights6(g *line) {
	for c := range side {
		g0, g1, g2 := g[0][c], g[1][c], g[2][c]
		evenA, oddA := 1/normA*g0+a*a/normA*g2, a/normA*g1
		evenB, oddB := 1/normB*g0+b*b/normB*g2, b/normB*g1
		g[0][c] = 1 / (a * a * b * b) * g0
		g[1][c], g[2][c], g[3][c], g[4][c], g[5][c] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB, g2
	}
}

func weights4(g *line) {
	for c := range side {
		g0, g1, g2 := g[0][c], g[1][c], g[2][c]
		even, odd := 0.5*(g0+g2), 0.5*g1
		g[1][c], g[2][c], g[3][c] = even+odd, even-odd, g2
	}
}

func gradient6(g *line) {
	for c := range side {
		g0, g1, g2, g3 := g[0][c], g[1][c], g[2][c], g[3][c]
		evenA, oddA := 1/normA*g0+a*a/normA*g2, a/normA*g1+a*a*a/normA*g3
		evenB, oddB := 1/normB*g0+b*b/normB*g2, b/normB*g1+b*b*b/normB*g3
		g[0][c] = 1 / (a * a * b * b) * g0
		g[1][c], g[2][c], g[3][c], g[4][c], g[5][c] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB, g3
	}
}

func output6(m *line) {
	for c := range side {
		evenA, oddA, evenB, oddB := m[1][c]+m[2][c], m[1][c]-m[2][c], m[3][c]+m[4][c], m[3][c]-m[4][c]
		m[0][c] += evenA + evenB
		m[1][c] = a*oddA + b*oddB
		m[2][c] = a*a*evenA + b*b*evenB
		m[3][c] = a*a*a*oddA + b*b*b*oddB + m[5][c]
	}
}

func taps6(m *line) {
	for c := range side {
		evenA, oddA, evenB, oddB := m[1][c]+m[2][c], m[1][c]-m[2][c], m[3][c]+m[4][c], m[3][c]-m[4][c]
		m[0][c] += evenA + evenB
		m[1][c] = a*oddA + b*oddB
		m[2][c] = a*a*evenA + b*b*evenB + m[5][c]
	}
}

func output4(m *line) {
	for c := range side {
		m0, m1, m2, m3 := m[0][c], m[1][c], m[2][c], m[3][c]
		m[0][c], m[1][c] = m0+m1+m2, m1-m2+m3
	}
}
