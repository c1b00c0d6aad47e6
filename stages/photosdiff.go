package stages

import (
	"context"
	"encoding/hex"

	"fashionpipe/dag"
	"fashionpipe/internal/catalogue"
)

// diffPhotos says how two catalogues differ: "3 added, 1 removed".
func diffPhotos(oldDir, newDir string) (string, error) {
	old, err := catalogue.Contents(oldDir)
	if err != nil {
		return "", err
	}
	now, err := catalogue.Contents(newDir)
	if err != nil {
		return "", err
	}
	return catalogue.Changes(old, now), nil
}

// Compare implements dag.Comparer. A catalogue that was filtered, divided or chosen from doesn't know all the photos there were:
// of such a one, nothing can be told.
func (s *photos) Compare(ctx context.Context, files dag.Files, oldDir string) (map[string]string, error) {
	if s.Subset != "" || s.Limit > 0 || s.Items || len(s.Sources)+len(s.Categories)+len(s.Scale)+len(s.Occlusion)+len(s.ZoomIn)+len(s.Viewpoint) > 0 {
		return nil, nil
	}
	root, err := catalogue.Root(s.Root)
	if err != nil {
		return nil, err
	}
	old, err := catalogue.Contents(oldDir)
	if err != nil {
		return nil, err
	}
	found, err := s.list(ctx, files, root)
	if err != nil {
		return nil, err
	}
	now := map[string]string{}
	for _, f := range found {
		if !catalogue.IsPhoto(f.Path) { // an annotation
			continue
		}
		now[f.Path] = ""
		if f.Err == nil {
			now[f.Path] = hex.EncodeToString(f.SHA256[:])
		}
	}
	text := catalogue.Changes(old, now)
	if text == "" {
		text = "annotations or unusable photos"
	}
	return map[string]string{"root": text}, nil
}
