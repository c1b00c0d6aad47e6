package deepfashion2

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"fashionpipe/internal/imaging"
	"fashionpipe/internal/smallfile"
)

// reader reads files below root for one goroutine.
type reader struct {
	root          string
	images, annos smallfile.Opener // each keeps its folder open
	buf           bytes.Buffer     // of an annotation
}

func (r *reader) close() {
	r.images.Close()
	r.annos.Close()
}

func (r *reader) path(rel string) string { return filepath.Join(r.root, filepath.FromSlash(rel)) }

// annotation reads a file of a size that annotations have.
func (r *reader) annotation(rel string) (*Annotation, error) {
	f, err := r.annos.Open(r.path(rel))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const most = 16 << 20
	r.buf.Reset()
	if _, err := r.buf.ReadFrom(io.LimitReader(f, most+1)); err != nil {
		return nil, err
	}
	if r.buf.Len() > most {
		return nil, fmt.Errorf("the annotation file is larger than %d MB", most>>20)
	}
	a, err := Parse(r.buf.Bytes())
	if err != nil {
		return nil, fmt.Errorf("annotation: %w", err)
	}
	return a, nil
}

// size reads the width and height of a photo, in pixels.
func (r *reader) size(rel string) (width, height int, err error) {
	f, err := r.images.Open(r.path(rel))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	return imaging.Size(f)
}
