package store

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"fashionpipe/internal/disk"
)

// Publish makes what lies in l.Out an artifact and r its record, filling in r.Key, r.Artifact, r.Bytes and r.Files.
// Nothing is visible before it is whole and on the disk: first the data, then the record. Then the scratch folder is
// removed.
func (l *Lease) Publish(ctx context.Context, r *Record) (*Hit, error) {
	s := l.s
	files, stamps, err := l.seal(ctx)
	if err != nil {
		return nil, s.explain("publishing", err)
	}
	r.Key, r.Files, r.Artifact, r.Bytes = l.Key, files, artifactDigest(files), total(files)
	if err := s.Use(ctx, r.Artifact); err != nil {
		return nil, err
	}
	if err := l.place(ctx, r, stamps); err != nil {
		return nil, s.explain("publishing", err)
	}
	if err := s.writeRecord(r); err != nil {
		return nil, s.explain("writing a record", err)
	}
	if err := disk.RemoveAll(l.Scratch); err != nil {
		s.warnf("the scratch folder %s can't be removed: %v", l.Scratch, err)
	}
	return &Hit{Record: r, Dir: s.artifactDir(r.Artifact)}, nil
}

// seal makes the files of l.Out read-only, digests them and brings them to the disk.
func (l *Lease) seal(ctx context.Context) ([]FileEntry, []stamp, error) {
	files, dirs, err := listFiles(l.Out)
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, nil, errors.New("the stage wrote no file")
	}
	var paths []string
	for _, f := range files {
		p := filepath.Join(l.Out, filepath.FromSlash(f.Path))
		if err := disk.Chmod(p, 0o444); err != nil {
			return nil, nil, err
		}
		paths = append(paths, p)
	}
	stamps, err := fileStamps(l.Out, files)
	if err != nil {
		return nil, nil, err
	}
	if total(files) >= settled {
		settle(newest(stamps))
	}
	if _, err := digestFiles(ctx, l.Out, files); err != nil {
		return nil, nil, err
	}
	for _, d := range dirs {
		paths = append(paths, filepath.Join(l.Out, filepath.FromSlash(d)))
	}
	return files, stamps, syncAll(paths)
}

// settled is the size in bytes from which on an artifact is trusted right after it was published: below it, reading it
// again at the next lookup is quicker than to wait here until the file system's clock has ticked.
const settled = 4 << 20

func total(files []FileEntry) (bytes int64) {
	for _, f := range files {
		bytes += f.Size
	}
	return bytes
}

// place moves l.Out to where artifacts live, unless the same bytes are there already. The folder it lies in then is not
// yet brought to the disk: writeRecord does that.
func (l *Lease) place(ctx context.Context, r *Record, stamps []stamp) error {
	s := l.s
	lock, err := s.lock(ctx, "artifact-"+string(r.Artifact))
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	dir := s.artifactDir(r.Artifact)
	switch err := s.verify(ctx, dir, r.Artifact, r.Files, true); {
	case err == nil:
		return disk.RemoveAll(l.Out)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if err := s.discard(r.Artifact); err != nil {
		return err
	}
	if err := makeDir(filepath.Dir(dir)); err != nil {
		return err
	}
	// tmp-<key> is on the file system of artifacts/<2 hex>, so the rename is one step.
	if err := disk.Rename(l.Out, dir); err != nil {
		return err
	}
	if r.Bytes >= settled {
		l.trustIfSame(dir, r, stamps)
	}
	return nil
}

// discard removes a damaged artifact. The caller holds its lock.
func (s *Store) discard(d Digest) error {
	old := s.oldDir(d)
	if err := disk.RemoveAll(old); err != nil {
		return err
	}
	err := disk.Rename(s.artifactDir(d), old)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return disk.RemoveAll(old)
}

// trustIfSame remembers the artifact as whole if no file changed while it was digested and moved.
func (l *Lease) trustIfSame(dir string, r *Record, before []stamp) {
	after, err := fileStamps(dir, r.Files)
	if err != nil || !slices.Equal(before, after) {
		return // read again at the next lookup
	}
	if sum, _, err := stampFiles(dir, r.Files); err == nil {
		l.s.trust(r.Artifact, sum)
	}
}

func fileStamps(dir string, files []FileEntry) ([]stamp, error) {
	out := make([]stamp, len(files))
	for i, f := range files {
		st, _, err := lstamp(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			return nil, err
		}
		out[i] = st
	}
	return out, nil
}

func newest(stamps []stamp) stamp {
	return slices.MaxFunc(stamps, func(a, b stamp) int { return cmp.Compare(a.Ctime, b.Ctime) })
}
