package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Record says what a piece of work gave.
type Record struct {
	Key      Digest          `json:"key"`
	Preimage json.RawMessage `json:"preimage"` // what the key was made from
	Kind     string          `json:"kind"`
	Type     string          `json:"type"`
	Artifact Digest          `json:"artifact"`
	Bytes    int64           `json:"bytes"` // of all files together
	Files    []FileEntry     `json:"files"` // by path
	Notes    json.RawMessage `json:"notes,omitempty"`
	Started  time.Time       `json:"started"`
	Took     time.Duration   `json:"took_ns"`
	Tool     string          `json:"tool"` // version of the program that did the work
}

// FileEntry is one file of an artifact.
type FileEntry struct {
	Path   string `json:"path"` // below the artifact's folder, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 Digest `json:"sha256"`
}

// Hit is a result that is there and whole.
type Hit struct {
	Record *Record
	Dir    string // the artifact's folder
}

// ErrMiss says that the store knows no result for a key.
var ErrMiss = errors.New("no result in the store")

// DamagedError says that there was a result, and that it can't be served: the work must be done again.
type DamagedError struct {
	What string // "artifact 0123456789ab: file x.parquet is missing"
	Was  Digest // the artifact the record named, "" if the record itself can't be read
	Err  error
}

func (e *DamagedError) Error() string {
	if e.Err != nil {
		return e.What + ": " + e.Err.Error()
	}
	return e.What
}

// Unwrap gives the cause, if there is one beside the words.
func (e *DamagedError) Unwrap() error { return e.Err }

// Lookup finds the result of a key and makes sure that every byte of it is what was published, reading only artifacts
// whose files changed (by size, times and inode) since they were last read. Without a whole result the error is
// ErrMiss, a *DamagedError, or that of ctx: each means that the work must be done. Lookup remembers that an artifact is
// whole; Peek writes nothing.
func (s *Store) Lookup(ctx context.Context, key Digest) (*Hit, error) {
	return s.lookup(ctx, key, !s.readOnly)
}

// Peek is Lookup that writes nothing.
func (s *Store) Peek(ctx context.Context, key Digest) (*Hit, error) {
	return s.lookup(ctx, key, false)
}

func (s *Store) lookup(ctx context.Context, key Digest, remember bool) (*Hit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := s.Record(key)
	if err != nil {
		return nil, err
	}
	if remember {
		if err := s.Use(ctx, r.Artifact); err != nil {
			return nil, err
		}
	}
	dir := s.artifactDir(r.Artifact)
	if err := s.verify(ctx, dir, r.Artifact, r.Files, remember); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if _, err := s.Record(key); errors.Is(err, ErrMiss) {
			return nil, ErrMiss // a garbage collection took both away meanwhile
		}
		return nil, &DamagedError{What: "artifact " + r.Artifact.Short() + " is damaged", Was: r.Artifact, Err: err}
	}
	return &Hit{Record: r, Dir: dir}, nil
}

// Record reads the record of a key without looking at its artifact. Errors are ErrMiss or a *DamagedError.
func (s *Store) Record(key Digest) (*Record, error) {
	b, err := os.ReadFile(s.recordPath(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMiss
	}
	if err != nil {
		return nil, &DamagedError{What: "record " + key.Short() + " can't be read", Err: err}
	}
	var r Record
	if err := unseal(b, &r); err != nil {
		return nil, &DamagedError{What: "record " + key.Short() + " is damaged", Err: err}
	}
	if r.Key != key || len(r.Artifact) != 64 {
		return nil, &DamagedError{What: "record " + key.Short() + " is of another key"}
	}
	return &r, nil
}

// writeRecord writes a record, once the name of its artifact is on the disk.
func (s *Store) writeRecord(r *Record) error {
	b, err := seal(r)
	if err != nil {
		return err
	}
	return writeAtomic(s.recordPath(r.Key), b, filepath.Dir(s.artifactDir(r.Artifact)))
}

func (s *Store) recordPath(key Digest) string {
	return s.path("records", string(key[:2]), string(key)+".json")
}

// sealed is JSON with the digest of its bytes, so that one flipped bit is noticed.
type sealed struct {
	SHA256 string          `json:"sha256"`
	Body   json.RawMessage `json:"body"`
}

func seal(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return json.Marshal(sealed{SHA256: hex.EncodeToString(sum[:]), Body: body})
}

func unseal(b []byte, v any) error {
	var e sealed
	if err := json.Unmarshal(b, &e); err != nil {
		return err
	}
	sum := sha256.Sum256(bytes.TrimSpace(e.Body))
	if hex.EncodeToString(sum[:]) != e.SHA256 {
		return fmt.Errorf("its bytes are not those that were written")
	}
	return json.Unmarshal(e.Body, v)
}
