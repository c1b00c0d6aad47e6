package store

// Digest is a SHA-256 in lower-case hexadecimal, 64 characters.
type Digest string

// Short gives the first 12 characters, for people.
func (d Digest) Short() string { return string(d[:min(12, len(d))]) }
