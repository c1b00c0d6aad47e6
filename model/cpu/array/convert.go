package array

import (
	"fmt"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd/vec"
)

// Convert sets each element of dst to that of src in dst's type, by the rules of Go's conversions; true is 1, and what is
// not 0 is true. Both are slices, of equal length, of a Number's type or of bool; it reports false for any other.
func Convert(dst, src any) bool {
	switch s := src.(type) {
	case []float32:
		return convertTo(dst, s)
	case []float64:
		return convertTo(dst, s)
	case []int8:
		return convertTo(dst, s)
	case []int16:
		return convertTo(dst, s)
	case []int32:
		return convertTo(dst, s)
	case []int64:
		return convertTo(dst, s)
	case []uint8:
		if d, ok := dst.([]float32); ok {
			inParts(d, s, vec.FromUint8)
			return true
		}
		return convertTo(dst, s)
	case []uint16:
		return convertTo(dst, s)
	case []uint32:
		return convertTo(dst, s)
	case []uint64:
		return convertTo(dst, s)
	case []bool:
		return convertBool(dst, s)
	}
	return false
}

func convertTo[F Number](dst any, src []F) bool {
	switch d := dst.(type) {
	case []float32:
		inParts(d, src, numbers)
	case []float64:
		inParts(d, src, numbers)
	case []int8:
		inParts(d, src, numbers)
	case []int16:
		inParts(d, src, numbers)
	case []int32:
		inParts(d, src, numbers)
	case []int64:
		inParts(d, src, numbers)
	case []uint8:
		inParts(d, src, numbers)
	case []uint16:
		inParts(d, src, numbers)
	case []uint32:
		inParts(d, src, numbers)
	case []uint64:
		inParts(d, src, numbers)
	case []bool:
		inParts(d, src, truths)
	default:
		return false
	}
	return true
}

func convertBool(dst any, src []bool) bool {
	switch d := dst.(type) {
	case []float32:
		inParts(d, src, vec.FromBool)
	case []float64:
		inParts(d, src, ones)
	case []int8:
		inParts(d, src, ones)
	case []int16:
		inParts(d, src, ones)
	case []int32:
		inParts(d, src, ones)
	case []int64:
		inParts(d, src, ones)
	case []uint8:
		inParts(d, src, ones)
	case []uint16:
		inParts(d, src, ones)
	case []uint32:
		inParts(d, src, ones)
	case []uint64:
		inParts(d, src, ones)
	case []bool:
		copy(d, src)
	default:
		return false
	}
	return true
}

func numbers[T, F Number](dst []T, src []F) {
	for i, v := range src {
		dst[i] = T(v)
	}
}

func truths[F Number](dst []bool, src []F) {
	for i, v := range src {
		dst[i] = v != 0
	}
}

func ones[T Number](dst []T, src []bool) {
	for i, v := range src {
		dst[i] = 0
		if v {
			dst[i] = 1
		}
	}
}

// inParts calls f on parts of both slices, at once where they are long.
func inParts[T, F any](dst []T, src []F, f func(dst []T, src []F)) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("array: conversion of %d elements to %d", len(src), len(dst)))
	}
	const part = 64 << 10
	if len(dst) < 2*part {
		f(dst, src)
		return
	}
	parallel.For((len(dst)+part-1)/part, func(_, i int) {
		limit := min(len(dst), (i+1)*part)
		f(dst[i*part:limit], src[i*part:limit])
	})
}
