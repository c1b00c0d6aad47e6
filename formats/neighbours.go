package formats

// NeighboursMeta says how neighbours were found.
type NeighboursMeta struct {
	Model      string `json:"model"`      // of the embeddings: EmbeddingsMeta.Model
	Random     bool   `json:"random"`     // of the embeddings: EmbeddingsMeta.Random
	Embeddings string `json:"embeddings"` // digest of the embeddings artifact
	Metric     string `json:"metric"`     // "cosine": Score is the similarity, higher is nearer; "l2": the distance, lower is nearer
	K          int    `json:"k"`          // neighbours asked for, per query
}

// Neighbours gives each row its nearest other rows.
type Neighbours struct {
	Meta   NeighboursMeta
	Labels []Labels
	K      int       // columns of Index and Score; equal to Meta.K
	Index  []int32   // len(Labels)×K into Labels, nearest first; -1 at the end where there are fewer than K
	Score  []float32 // len(Labels)×K, see NeighboursMeta.Metric; 0 where Index is -1
}

// Row is the neighbours of row i and their scores, nearest first, without the padding: views into Index and Score.
func (n *Neighbours) Row(i int) ([]int32, []float32) {
	lo, hi := i*n.K, i*n.K
	for hi < (i+1)*n.K && n.Index[hi] >= 0 {
		hi++
	}
	return n.Index[lo:hi:hi], n.Score[lo:hi:hi]
}
