package formats

import (
	"encoding/binary"
	"fmt"
	"math"
)

// dtype is a number type of safetensors, little-endian.
type dtype struct {
	size   int64 // bytes
	decode func(raw []byte) ([]float32, error)
}

var dtypes = map[string]dtype{
	"F32":  floats(4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }),
	"F64":  floats(8, func(b []byte) float32 { return float32(math.Float64frombits(binary.LittleEndian.Uint64(b))) }),
	"F16":  floats(2, func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) }),
	"BF16": floats(2, func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) }),
	"I64":  integers(8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }),
	"I32":  integers(4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }),
	"I16":  integers(2, func(b []byte) int64 { return int64(int16(binary.LittleEndian.Uint16(b))) }),
	"I8":   integers(1, func(b []byte) int64 { return int64(int8(b[0])) }),
	"U8":   integers(1, func(b []byte) int64 { return int64(b[0]) }),
}

func floats(size int, one func([]byte) float32) dtype {
	return dtype{int64(size), func(raw []byte) ([]float32, error) {
		out := make([]float32, len(raw)/size)
		for i := range out {
			out[i] = one(raw[i*size:])
		}
		return out, nil
	}}
}

func integers(size int, one func([]byte) int64) dtype {
	return dtype{int64(size), func(raw []byte) ([]float32, error) {
		out := make([]float32, len(raw)/size)
		for i := range out {
			v := one(raw[i*size:])
			out[i] = float32(v)
			if v > 1<<24 || v < -1<<24 {
				return nil, fmt.Errorf("integer %d doesn't fit float32 exactly", v)
			}
		}
		return out, nil
	}}
}

// half widens an IEEE 754 half-precision number.
func half(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exp {
	case 0: // zero and subnormals: frac × 2⁻²⁴
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-24))
	case 0x1f: // infinities and NaN
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	default:
		return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
	}
}
