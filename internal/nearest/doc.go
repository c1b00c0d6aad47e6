// Package nearest finds exact nearest neighbours among rows of float32 numbers.
//
// It works in two steps. Tiles of a float32 matrix product screen all pairs: each product has a proven error bound, so
// a pair that might be among the k nearest is never lost. The few pairs left are then measured again from the rows
// themselves, number by number in float64. So results do not depend on the number of workers, the size of tiles or the
// machine's kernel for the product, rows with equal bytes are at a distance of exactly 0 from each other and at exactly
// equal distances from everything else, and no n×n matrix ever exists.
//
// The package owns distances, neighbours and the tile product (tile.go, the one place to make faster). It must not know
// what the rows are, nor of files, stages or labels.
package nearest
