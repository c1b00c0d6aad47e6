package report

import "fashionpipe/formats"

// Images is a table of decoded photos, such as *formats.Images.
type Images interface {
	Len() int
	Spec() formats.ImageSpec
	Labels(i int) formats.Labels
	Whole(i int) []byte   // Size×Size RGB, row-major
	Cell(i, n int) []byte // CellSize×CellSize RGB, n below Spec().CellCount()
}

// Input is all that a report shows. Everything but Images may be missing; its section is then left out.
type Input struct {
	Images       Images
	Gallery      Images // of the gallery that Neighbours are of, if they are
	ImageRejects []formats.Reject
	Photos       []PhotoTable
	Scores       *formats.Metrics
	Neighbours   []*formats.Neighbours // the first is ours unless Scores knows better
	Clusters     []ClusterTable
	Embeddings   []EmbeddingTable
	Encoder      *EncoderTable
	Drift        *formats.Drift
	Judgements   *formats.Judgements
	Shops        []*formats.Metrics // of consumer-to-shop retrieval
}

// PhotoTable is a catalogue of photos with what was left out of it.
type PhotoTable struct {
	Photos  []formats.Photo
	Rejects []formats.Reject
}

// EmbeddingTable is an embeddings artifact with its digest, by which scores, neighbours and clusters refer to it.
type EmbeddingTable struct {
	Digest string
	*formats.Embeddings
}

// ClusterTable is a clusters artifact with its digest, by which scores refer to it.
type ClusterTable struct {
	Digest string
	*formats.Clusters
}

// EncoderTable is an encoder with the history of its training.
type EncoderTable struct {
	Info    formats.EncoderInfo
	History []formats.HistoryRow
}

// Options are the parameters of a report. Every limit may be 0: none of it is shown.
type Options struct {
	Title          string // "": Embed puts the experiment's name there
	Seed           uint64 // draws the queries, the random members of clusters and the points of the map
	Queries        int    // galleries shown
	Top            int    // neighbours in a gallery
	Clusters       int    // montages shown, over all clusterings
	ClusterSamples int    // photos in a montage
	MapPoints      int    // photos on the map
	Rejects        int    // rejected photos listed by name
}

// Defaults are the options the report kind starts from.
func Defaults() Options {
	return Options{Queries: 12, Top: 5, Clusters: 36, ClusterSamples: 12, MapPoints: 800, Rejects: 20}
}
