package array

// Number is a type that counts.
type Number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// Iota fills an array of the given dimensions with each element's index along axis.
func Iota[T Number](dst []T, dims []int, axis int) {
	inner := product(dims[axis+1:])
	row := dst[:min(len(dst), dims[axis]*inner)]
	var v T // counted, not converted: beyond 2²⁴ a float32 stays, as in GoMLX's Go backend
	for i := 0; i < len(row); i += inner {
		for j := range inner {
			row[i+j] = v
		}
		v++
	}
	for n := len(row); n > 0 && n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}
