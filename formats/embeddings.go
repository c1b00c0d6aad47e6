package formats

import "fmt"

// EmbeddingsFile is the file of an embeddings artifact.
const EmbeddingsFile = "embeddings.parquet"

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

// embeddingRow is a row of embeddings.parquet.
type embeddingRow struct {
	Labels
	Vector []float32 `parquet:"vector,list" parquet-element:",uncompressed"`
}

// WriteEmbeddings writes embeddings.parquet into dir, with memory for a row group of about 32 MB beside e. It is an
// error if Data hasn't Dim numbers for each row or holds NaN or an infinity.
func WriteEmbeddings(dir string, e *Embeddings) error {
	if err := checkVectors(e.Data, e.Len(), e.Dim); err != nil {
		return fmt.Errorf("%s: %w", EmbeddingsFile, err)
	}
	h, err := newHeader("embeddings", e.Len(), e.Dim, e.Meta)
	if err != nil {
		return err
	}
	return writeTable(dir, EmbeddingsFile, h, vectorGroup(e.Dim), func(i int) embeddingRow {
		return embeddingRow{Labels: e.Labels[i], Vector: e.Row(i)}
	}, vectorOptions...)
}

// ReadEmbeddings reads embeddings.parquet of dir. It is an error if the vectors are not all of one length or hold NaN
// or an infinity.
func ReadEmbeddings(dir string) (*Embeddings, error) {
	e := &Embeddings{}
	err := readTable[embeddingRow](dir, EmbeddingsFile, "embeddings", &e.Meta, func(t *table) error {
		e.Dim = t.Dim
		e.Labels = make([]Labels, 0, t.Rows)
		var err error
		if e.Data, err = readVectors(t, "vector"); err != nil {
			return err
		}
		return eachRow(t, func(_ int, l *Labels) error {
			e.Labels = append(e.Labels, *l)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// CheckEmbeddings says whether dir is a whole embeddings artifact: the right columns, as many rows and numbers as the
// metadata claims. It doesn't read the vectors.
func CheckEmbeddings(dir string) error {
	return readTable[embeddingRow](dir, EmbeddingsFile, "embeddings", new(EmbeddingsMeta), func(t *table) error {
		_, err := vectorChunks(t, "vector")
		return err
	})
}
