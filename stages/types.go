package stages

import "fashionpipe/dag"

// The types of artifacts.
const (
	Photos     dag.Type = "photos"     // photos.parquet, rejects.parquet
	Images     dag.Type = "images"     // images.arrow, rejects.parquet
	Encoder    dag.Type = "encoder"    // encoder.json, weights.safetensors, history.parquet
	Embeddings dag.Type = "embeddings" // embeddings.parquet
	Clusters   dag.Type = "clusters"   // clusters.parquet, centres.parquet
	Neighbours dag.Type = "neighbours" // neighbours.parquet
	Metrics    dag.Type = "metrics"    // metrics.json
	Drift      dag.Type = "drift"      // drift.json, matching.parquet, moved.parquet
	Judgements dag.Type = "judgements" // judgements.json
	Report     dag.Type = "report"     // report.html
	Files      dag.Type = "files"      // any files
)
