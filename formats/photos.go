package formats

// Photo is a row of photos.parquet: one photo, or one annotated item of a photo.
type Photo struct {
	Labels
	SHA256   string      // of the photo file's bytes, lower-case hexadecimal
	Bytes    int64       // size of the photo file
	Box      []float32   // x1, y1, x2, y2 of the item in pixels of the photo; empty where not annotated
	Polygons [][]float32 // outlines of the item, each x1, y1, x2, y2, … in pixels of the photo; may be empty
}

// Reject is a photo that was left out, and why.
type Reject struct {
	Path   string `parquet:"path"`   // relative to the root of the photos, with slashes
	Reason string `parquet:"reason"` // for people
}
