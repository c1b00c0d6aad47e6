// Package imaging turns the bytes of a photo into square RGB pixels: it reads a file's header, decodes it, sets it
// upright by its EXIF orientation, cuts out regions and resizes them with an antialiased bilinear filter.
//
// It owns the geometry of photos (boxes, grids, how a rectangle becomes a square) and treats every file as hostile: what
// can't be decoded is an error with a reason, never a panic, and sizes are known from the header before pixels are
// decoded. The same bytes give the same pixels on every machine.
//
// A photo stays in the planes its file stores (luma and half-size chroma for most JPEGs) until it is small: the planes
// are resized and only the result becomes RGB. That is less work than converting first, and interpolates chroma as
// well as it does luma.
//
// It knows nothing of labels, catalogues, tables or stages.
package imaging
