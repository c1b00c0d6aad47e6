// Package cluster groups rows of float32 numbers: k-means and mean shift, by Euclidean distance.
//
// Results are the same for any number of workers. The package owns the algorithms; distances come from
// internal/nearest. It must not know files, stages or labels, nor judge what it finds (package eval does).
package cluster
