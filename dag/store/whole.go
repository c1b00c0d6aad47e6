package store

import (
	"context"
	"errors"
	"fmt"
)

// Whole gives the folder of an artifact by its digest, if every byte of it is what was published. It reads the files
// only if their stamps differ from those of the last time they were found right. It writes nothing but a note that a run
// of this process uses the artifact. Errors wrap ErrMiss, or are a *DamagedError or that of ctx.
func (s *Store) Whole(ctx context.Context, d Digest) (dir string, err error) {
	if len(d) != 64 {
		return "", ErrMiss
	}
	if err := s.Use(ctx, d); err != nil {
		return "", err
	}
	dir = s.artifactDir(d)
	files, _, err := listFiles(dir)
	if err != nil {
		return "", fmt.Errorf("artifact %s: %w", d.Short(), ErrMiss)
	}
	if err := s.verify(ctx, dir, d, files, false); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", &DamagedError{What: "artifact " + d.Short() + " is damaged", Was: d, Err: errors.New("its bytes are not those that were written")}
	}
	return dir, nil
}

// DigestFolder gives the digest that a folder has, or would have, as an artifact.
func DigestFolder(ctx context.Context, dir string) (Digest, error) {
	files, _, err := listFiles(dir)
	if err != nil {
		return "", err
	}
	return digestFiles(ctx, dir, files)
}
