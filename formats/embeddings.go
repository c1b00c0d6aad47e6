package formats

// EmbeddingsMeta says what made the vectors.
type EmbeddingsMeta struct {
	Model      string `json:"model"`      // for people: "resnet18, mse, 5 epochs", "vgg16 fc2, random weights"
	Random     bool   `json:"random"`     // the weights are a random initialisation, never trained
	Normalised bool   `json:"normalised"` // each vector was divided by its L2 norm
	Layer      string `json:"layer"`      // the layer the vector was read from
}

// Embeddings is one vector of Dim numbers per row.
type Embeddings struct {
	Meta   EmbeddingsMeta
	Labels []Labels
	Dim    int
	Data   []float32 // len(Labels)×Dim, row-major; all finite
}

// Len is the number of rows.
func (e *Embeddings) Len() int { return len(e.Labels) }

// Row is the i-th vector, a view into Data.
func (e *Embeddings) Row(i int) []float32 { return e.Data[i*e.Dim : (i+1)*e.Dim : (i+1)*e.Dim] }
