// Package nearest finds exact nearest neighbours among rows of float32 numbers.
//
// It works in two steps. Products of packed blocks screen all pairs: in 8-bit integers where the processor multiplies
// them fast (package dot8), else in float32 (package gemm). Each product has a proven error bound, so a pair that might be
// among the k nearest is never lost. The few pairs left are then measured again from the rows themselves, number by number
// in float64. So results do not depend on the number of workers, the size of blocks or the machine's instructions, rows
// with equal bytes are at a distance of exactly 0 from each other and at exactly equal distances from everything else, and
// no n×n matrix ever exists. A device beside the processor (see Device) can do the screening, with bounds of the same kind and the
// same results. (The Gaussian kernel of mean shift is the exception: its weights and sums are float32's, and
// differ in the last digits from one level of instructions, and from one device, to another.)
//
// The package owns distances, neighbours, the nearest of moving centres, and means around places. It must not know what
// the rows are, nor of files, stages or labels.
package nearest
