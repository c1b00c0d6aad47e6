package vec

func addKernel(dst, a, b []float32) { addGo(dst, a, b) }

func subKernel(dst, a, b []float32) { subGo(dst, a, b) }

func mulKernel(dst, a, b []float32) { mulGo(dst, a, b) }

func divKernel(dst, a, b []float32) { divGo(dst, a, b) }

func maxKernel(dst, a, b []float32) { maxGo(dst, a, b) }

func minKernel(dst, a, b []float32) { minGo(dst, a, b) }

func mulAddKernel(dst, a, b, c []float32) { mulAddGo(dst, a, b, c) }

func axpyKernel(dst, x []float32, s float32) { axpyGo(dst, x, s) }

func fillKernel(dst []float32, s float32) { fillGo(dst, s) }

func addColumnsKernel(acc, x []float32) { addColumnsGo(acc, x) }

func centredSquaresKernel(acc, x, mean []float32) { centredSquaresGo(acc, x, mean) }

func centredProductsKernel(acc, x, mean, y []float32) { centredProductsGo(acc, x, mean, y) }

func maskToBoolKernel(dst []bool, mask []float32) { maskToBoolGo(dst, mask) }

func boolToMaskKernel(dst []float32, src []bool) { boolToMaskGo(dst, src) }

func fromBoolKernel(dst []float32, src []bool) { fromBoolGo(dst, src) }

func fromUint8Kernel(dst []float32, src []uint8) { fromUint8Go(dst, src) }

func toUint8Kernel(dst []uint8, src []float32) { toUint8Go(dst, src) }

func equalKernel(dst, a, b []float32) { equalGo(dst, a, b) }

func notEqualKernel(dst, a, b []float32) { notEqualGo(dst, a, b) }

func lessKernel(dst, a, b []float32) { lessGo(dst, a, b) }

func lessOrEqualKernel(dst, a, b []float32) { lessOrEqualGo(dst, a, b) }

func equalScalarKernel(dst, a []float32, s float32) { equalScalarGo(dst, a, s) }

func notEqualScalarKernel(dst, a []float32, s float32) { notEqualScalarGo(dst, a, s) }

func lessScalarKernel(dst, a []float32, s float32) { lessScalarGo(dst, a, s) }

func lessOrEqualScalarKernel(dst, a []float32, s float32) { lessOrEqualScalarGo(dst, a, s) }

func greaterScalarKernel(dst, a []float32, s float32) { greaterScalarGo(dst, a, s) }

func greaterOrEqualScalarKernel(dst, a []float32, s float32) { greaterOrEqualScalarGo(dst, a, s) }

func selectKernel(dst, mask, a, b []float32) { selectGo(dst, mask, a, b) }

func reluGradKernel(dst, y, dy []float32) { reluGradGo(dst, y, dy) }

func andKernel(dst, a, b []float32) { andGo(dst, a, b) }

func orKernel(dst, a, b []float32) { orGo(dst, a, b) }

func xorKernel(dst, a, b []float32) { xorGo(dst, a, b) }

func andNotKernel(dst, a, b []float32) { andNotGo(dst, a, b) }

func notKernel(dst, a []float32) { notGo(dst, a) }

func addScalarKernel(dst, a []float32, s float32) { addScalarGo(dst, a, s) }

func mulScalarKernel(dst, a []float32, s float32) { mulScalarGo(dst, a, s) }

func rsubScalarKernel(dst, a []float32, s float32) { rsubScalarGo(dst, a, s) }

func divScalarKernel(dst, a []float32, s float32) { divScalarGo(dst, a, s) }

func rdivScalarKernel(dst, a []float32, s float32) { rdivScalarGo(dst, a, s) }

func maxScalarKernel(dst, a []float32, s float32) { maxScalarGo(dst, a, s) }

func minScalarKernel(dst, a []float32, s float32) { minScalarGo(dst, a, s) }

func belowKernel(dst []int32, x []float32, limit float32) int { return belowGo(dst, x, limit) }

func belowSumKernel(dst []int32, x, y []float32, s, limit float32) int {
	return belowSumGo(dst, x, y, s, limit)
}

func transposeKernel(dst, src []float32, rows, cols, ldDst, ldSrc int) {
	transposeGo(dst, src, rows, cols, ldDst, ldSrc)
}

func sumKernel(x []float32) float32 { return sumGo(x) }

func sumSquaresKernel(x []float32) float32 { return sumSquaresGo(x) }

func dotKernel(a, b []float32) float32 { return dotGo(a, b) }

func maximumKernel(x []float32) float32 { return maximumGo(x) }

func minimumKernel(x []float32) float32 { return minimumGo(x) }

func sumF64Kernel(x []float32) float64 { return sumF64Go(x) }

func dotF64Kernel(a, b []float32) float64 { return dotF64Go(a, b) }

func squaredDistanceF64Kernel(a, b []float32) float64 { return squaredDistanceF64Go(a, b) }

func negKernel(dst, a []float32) { negGo(dst, a) }

func absKernel(dst, a []float32) { absGo(dst, a) }

func sqrtKernel(dst, a []float32) { sqrtGo(dst, a) }

func rsqrtKernel(dst, a []float32) { rsqrtGo(dst, a) }

func floorKernel(dst, a []float32) { floorGo(dst, a) }

func ceilKernel(dst, a []float32) { ceilGo(dst, a) }

func roundKernel(dst, a []float32) { roundGo(dst, a) }

func signKernel(dst, a []float32) { signGo(dst, a) }

func expKernel(dst, a []float32) { expGo(dst, a) }

func logKernel(dst, a []float32) { logGo(dst, a) }

func tanhKernel(dst, a []float32) { tanhGo(dst, a) }

func logisticKernel(dst, a []float32) { logisticGo(dst, a) }
