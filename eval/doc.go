// Package eval measures how good embeddings and clusters are: numbers in, numbers out.
//
// It owns the measures, their definitions and their intervals. It must not know files, stages, models, or where numbers
// come from.
package eval
