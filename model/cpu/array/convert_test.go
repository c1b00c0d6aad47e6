package array

import (
	"math"
	"slices"
	"testing"
)

func TestIota(t *testing.T) {
	dims := []int{2, 3, 4}
	for axis := range dims {
		got := make([]int16, 24)
		Iota(got, dims, axis)
		each(dims, func(index []int, at int) {
			if int(got[at]) != index[axis] {
				t.Fatalf("axis %d: %v holds %d", axis, index, got[at])
			}
		})
	}
	Iota([]float32{}, []int{3, 0, 2}, 0)
	Iota([]float32{}, []int{3, 0, 2}, 1)
}

func TestConvert(t *testing.T) {
	n := 300_000 // enough for several goroutines
	bytes, numbers, bools := make([]uint8, n), make([]float32, n), make([]bool, n)
	for i := range n {
		bytes[i] = uint8(i * 7)
	}
	for _, c := range []struct{ dst, src any }{{numbers, bytes}, {bools, numbers}, {numbers, bools}} {
		if !Convert(c.dst, c.src) {
			t.Fatalf("no conversion of %T to %T", c.src, c.dst)
		}
	}
	for i, v := range numbers {
		if (v == 1) != (bytes[i] != 0) || v != 0 && v != 1 {
			t.Fatalf("%d became %v, then %v", bytes[i], bools[i], v)
		}
	}
}

func TestConvertEveryPair(t *testing.T) {
	types := []any{
		[]float32{0, 1, 3}, []float64{0, 1, 3}, []int8{0, 1, 3}, []int16{0, 1, 3}, []int32{0, 1, 3}, []int64{0, 1, 3},
		[]uint8{0, 1, 3}, []uint16{0, 1, 3}, []uint32{0, 1, 3}, []uint64{0, 1, 3}, []bool{false, true, true},
	}
	for _, src := range types {
		for _, dst := range types {
			back := make([]float64, 3)
			made := fresh(dst)
			if !Convert(made, src) || !Convert(back, made) {
				t.Fatalf("no conversion of %T to %T", src, dst)
			}
			want := []float64{0, 1, 3}
			_, fromBool := src.([]bool)
			_, toBool := dst.([]bool)
			if fromBool || toBool {
				want[2] = 1
			}
			if !slices.Equal(back, want) {
				t.Errorf("%T to %T: %v", src, dst, back)
			}
		}
	}
	if Convert([]string{""}, []int32{1}) || Convert([]int32{1}, []complex64{1}) {
		t.Error("a conversion that is none")
	}
}

func fresh(like any) any {
	switch like.(type) {
	case []float32:
		return make([]float32, 3)
	case []float64:
		return make([]float64, 3)
	case []int8:
		return make([]int8, 3)
	case []int16:
		return make([]int16, 3)
	case []int32:
		return make([]int32, 3)
	case []int64:
		return make([]int64, 3)
	case []uint8:
		return make([]uint8, 3)
	case []uint16:
		return make([]uint16, 3)
	case []uint32:
		return make([]uint32, 3)
	case []uint64:
		return make([]uint64, 3)
	}
	return make([]bool, 3)
}

func TestConvertTruncates(t *testing.T) {
	got := make([]int32, 4)
	Convert(got, []float32{-1.9, 1.9, 2.5, float32(math.Copysign(0, -1))})
	if !slices.Equal(got, []int32{-1, 1, 2, 0}) {
		t.Error(got)
	}
}
