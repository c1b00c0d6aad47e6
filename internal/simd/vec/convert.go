package vec

// MaskToBool sets dst[i] to what the mask says.
func MaskToBool(dst []bool, mask []float32) {
	if len(mask) != len(dst) {
		panic(mismatch(len(dst), len(mask)))
	}
	maskToBoolKernel(dst, mask)
}

// BoolToMask sets the mask to src.
func BoolToMask(mask []float32, src []bool) {
	if len(src) != len(mask) {
		panic(mismatch(len(mask), len(src)))
	}
	boolToMaskKernel(mask, src)
}

// FromBool sets dst[i] to 1 where src is true and to 0 where it is false.
func FromBool(dst []float32, src []bool) {
	if len(src) != len(dst) {
		panic(mismatch(len(dst), len(src)))
	}
	fromBoolKernel(dst, src)
}

// FromUint8 sets dst[i] to the number src[i].
func FromUint8(dst []float32, src []uint8) {
	if len(src) != len(dst) {
		panic(mismatch(len(dst), len(src)))
	}
	fromUint8Kernel(dst, src)
}

// ToUint8 sets dst[i] to src[i] without its fraction; below 0 and NaN give 0, above 255 gives 255. (Outside 0 … 255 Go's
// own conversion, and so GoMLX's Go backend, gives what the machine happens to do.)
func ToUint8(dst []uint8, src []float32) {
	if len(src) != len(dst) {
		panic(mismatch(len(dst), len(src)))
	}
	toUint8Kernel(dst, src)
}
