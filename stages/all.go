package stages

import "fashionpipe/dag"

// All gives every kind there is, in the order a pipeline uses them.
func All() *dag.Registry {
	return dag.NewRegistry(
		synthKind(),
		photosKind(),
		decodeKind(),
		trainKind(),
		encoderKind(),
		embedKind(),
		kmeansKind(),
		meanshiftKind(),
		retrieveKind(),
		evaluateKind(),
		driftKind(),
		reportKind(),
		execKind(),
	)
}
