package stages

import "fashionpipe/dag"

// All gives every kind there is, in the order a pipeline uses them.
func All() *dag.Registry {
	return dag.NewRegistry(
		synthKind(),
		photosKind(),
		detectionsKind(),
		decodeKind(),
		trainKind(),
		encoderKind(),
		embedKind(),
		kmeansKind(),
		meanshiftKind(),
		retrieveKind(),
		evaluateKind(),
		consumerToShopKind(),
		driftKind(),
		judgementsKind(),
		reportKind(),
		execKind(),
	)
}
