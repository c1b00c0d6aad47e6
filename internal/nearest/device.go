package nearest

import (
	"context"
	"fmt"
	"math"
)

// Device is another processor than the one this program runs on, such as a GPU, with memory of its own.
type Device interface {
	// Hold copies rows of width numbers each to the device, with a number h for each.
	Hold(ctx context.Context, rows []float32, width int, h []float32) (Held, error)
}

// Held are rows that a device holds. The value of a vector a and a row b is h(b) − a·b: half their squared distance less
// half a's squared norm, where h(b) is half b's. Values are computed in float32: each product and sum is rounded once, in
// any order; numbers below the normal ones may become zero. Vectors are as wide as the rows, and row-major.
type Held interface {
	// Groups is a number of groups that the rows fall into, none of them empty.
	Groups() int
	// Least gives, for each vector, the least value in each group.
	Least(ctx context.Context, vectors []float32) ([]float32, error)
	// Below gives, for each vector, the set of the rows with values of at most its limit: 64-bit words, row r being bit
	// r%64 of word r/64.
	Below(ctx context.Context, vectors, limits []float32) ([]uint64, error)
	// Two gives, for each row b, the vector a with the least value h(a) − b·a, that value, and the least of the others,
	// +Inf where there is none.
	Two(ctx context.Context, vectors, h []float32) (first []int32, least, second []float32, err error)
	// Weigh gives, for each vector a, the sum of all rows b, each times the weight exp(−‖a−b‖²/2s), and the sum of the
	// weights; s is at least 2⁻¹⁰⁰. h(a) is half a's squared norm. The squared distances come from
	// values or, with direct, from the differences of numbers.
	Weigh(ctx context.Context, vectors, h []float32, s float64, direct bool) (sums, weights []float32, err error)
	// Free gives back the memory.
	Free()
}

// Use puts the rows onto a device, which from then on does what it can do for Search, Assign and Shift; until Close. Results
// are the same, but for the Gaussian kernel's last digits. A nil device changes nothing.
func (s *Space) Use(ctx context.Context, d Device) error { return s.UseFirst(ctx, d, s.Len()) }

// UseFirst is Use for the first n rows alone: what the device then does is a Search with just these for a gallery.
func (s *Space) UseFirst(ctx context.Context, d Device, n int) (err error) {
	if d == nil || n == 0 {
		return nil
	}
	s.onDevice = s.part(0, n)
	s.held, err = d.Hold(ctx, s.onDevice.rows, s.width, float32s(s.onDevice.half))
	return err
}

// Close gives back what a device holds.
func (s *Space) Close() {
	if s.held != nil {
		s.held.Free()
		s.held = nil
	}
}

// heldBlock is how many vectors are sent to a device at once.
const heldBlock = 2048

// faint is more than what a product of float32 numbers near 1 loses where a device takes numbers below the normal ones as
// zero.
const faint = 0x1p-100

// reach bounds the errors of a device's values.
type reach struct {
	factor     float64
	norm, half float64 // the largest of the block
}

func (b *block) reach() reach {
	r := reach{factor: errorFactor(b.width) + rounding}
	for i, n := range b.norm {
		r.norm = max(r.norm, n)
		if h := math.Abs(b.half[i]); h <= math.MaxFloat32 {
			r.half = max(r.half, h)
		}
	}
	return r
}

// off is at least how far the value of anything in the block and something of this norm may be from the truth.
func (r reach) off(norm float64) float64 { return r.factor*norm*r.norm + rounding*r.half + faint }

// errImprecise says that a device computes other values than Held promises.
func errImprecise(what string) error {
	return fmt.Errorf("nearest: %s: the device computes less precisely than float32, so it can't be used for distances: set backend to cpu", what)
}

func float32s(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
