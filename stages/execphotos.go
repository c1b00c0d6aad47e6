package stages

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

// samePhotos compares the photos that a command may read in {source.photos} with what was catalogued, which is all that the
// key knows of them. It is asked before the command, which may begin hours after the catalogue was made, and after it.
func samePhotos(ctx context.Context, t *dag.Task) error {
	for _, a := range t.In[string(Photos)] {
		if a.Source == "" {
			continue
		}
		last := ""
		err := formats.ScanPhotos(a.Dir, func(part []formats.Photo) error {
			for _, p := range part {
				if p.Path == last { // another item of it
					continue
				}
				last = p.Path
				if err := samePhoto(ctx, t.Files, filepath.Join(a.Source, filepath.FromSlash(p.Path)), p.SHA256); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var errCatalogueAgain = errors.New("run again, and the catalogue is made anew from the photos there are")

func samePhoto(ctx context.Context, files dag.Files, path, sum string) error {
	switch d, err := files.File(ctx, path); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %w", err, errCatalogueAgain)
	case string(d) != sum:
		return fmt.Errorf("%s changed since it was catalogued: %w", path, errCatalogueAgain)
	}
	return nil
}
