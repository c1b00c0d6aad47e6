package winograd

// The points of the transforms: 0, ±a, ±b, ∞ for six, 0, ±1, ∞ for four. These a and b, of those with few binary digits, gave
// the least error (testdata/points.py); they are oneDNN's too. Lavin and Gray's 1 and 2 give twice as much.
const (
	a = 5.0 / 8
	b = 3.0 / 2

	normA = 2 * a * a * (a*a - b*b)
	normB = 2 * b * b * (b*b - a*a)
)
