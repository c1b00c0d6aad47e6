package formats

// ClustersMeta says how a clustering was made.
type ClustersMeta struct {
	Algorithm  string  `json:"algorithm"`            // "kmeans" or "meanshift"
	Model      string  `json:"model"`                // of the embeddings: EmbeddingsMeta.Model
	Random     bool    `json:"random"`               // of the embeddings: EmbeddingsMeta.Random
	Embeddings string  `json:"embeddings"`           // digest of the embeddings artifact
	K          int     `json:"k"`                    // number of clusters found, the rows of centres.parquet
	Inertia    float64 `json:"inertia"`              // sum of squared L2 distances of members to their centres
	Iterations int     `json:"iterations"`           // of the start that was kept
	Restarts   int     `json:"restarts,omitempty"`   // k-means: how many starts were tried
	Method     string  `json:"method,omitempty"`     // k-means: "lloyd", "hartigan-wong", …
	Bandwidth  float64 `json:"bandwidth,omitempty"`  // mean shift: L2 distance
	Kernel     string  `json:"kernel,omitempty"`     // mean shift: "flat" or "gaussian"
	Normalised bool    `json:"normalised,omitempty"` // vectors were L2-normalised before clustering
	Converged  bool    `json:"converged"`            // it stopped by itself, not at the limit of iterations
}

// Clusters gives each row its cluster, and each cluster its centre.
type Clusters struct {
	Meta     ClustersMeta
	Labels   []Labels
	Cluster  []int32   // per row, 0 … K-1; -1: in no cluster
	Distance []float32 // per row, L2 distance to its cluster's centre; NaN where Cluster is -1
	Dim      int
	Centres  []float32 // K×Dim, row-major
	Sizes    []int     // members of each cluster, K; made by ReadClusters, checked by WriteClusters unless nil
}

// Centre is the centre of cluster c, a view into Centres.
func (c *Clusters) Centre(i int) []float32 { return c.Centres[i*c.Dim : (i+1)*c.Dim : (i+1)*c.Dim] }
