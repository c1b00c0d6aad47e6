// Package formats turns bytes into typed records and back: catalogues of photos, image tables, embeddings, clusters,
// neighbours, metrics, encoders. It owns the names of the files inside an artifact's folder, their columns, and what
// they mean (docs/formats.md says it for people who read the files with other tools).
//
// It knows nothing of models, of stages, or of the store: a writer fills the folder it is given, a reader takes a
// folder, and the same records always give the same bytes. Readers treat files as untrusted: a damaged or hostile file
// gives an error that names it, never a panic. What a file can make a reader allocate is bounded by its size, save for
// Parquet, where the library believes a page header's claim of up to 2 GB before it finds it false.
package formats
