// Package choose finds out how many clusters to make, or how wide a bandwidth: it clusters by each of some candidate
// values, scores what comes out, and says which is best.
//
// It owns the criteria and the random draws they need. How a candidate is clustered it is told; it must not know files or
// stages. Results are the same for any number of workers.
package choose
