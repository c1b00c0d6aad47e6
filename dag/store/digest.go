package store

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is a SHA-256 in lower-case hexadecimal, 64 characters.
type Digest string

// Short gives the first 12 characters, for people.
func (d Digest) Short() string { return string(d[:min(12, len(d))]) }

// Sum is a SHA-256 as its bytes, for where there are a million.
type Sum [sha256.Size]byte

// Digest gives the same in hexadecimal.
func (s Sum) Digest() Digest { return Digest(hex.EncodeToString(s[:])) }
