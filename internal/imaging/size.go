package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	usualHeader = 64 << 10
	mostHeader  = 64 << 20 // headers are never larger
)

var headers = sync.Pool{New: func() any { return new([usualHeader]byte) }}

// Size reads the width and height, in pixels, of an upright photo, from its beginning where that is enough. It does not
// notice that a photo is truncated; Probe does.
func Size(photo io.Reader) (width, height int, err error) {
	b := headers.Get().(*[usualHeader]byte)
	defer headers.Put(b)
	const first = 4 << 10 // holds what matters of most JPEGs; what is cut off before its first scan is seen to be
	n, err := photo.Read(b[:first])
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, err
	}
	if sniff(b[:n]) == "jpeg" {
		if info, err := probe(b[:n], false); err == nil {
			return info.Width, info.Height, nil
		}
	}
	more, err := io.ReadFull(photo, b[n:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, 0, err
	}
	data := b[:n+more]
	info, err := probe(data, false)
	if err != nil && len(data) == usualHeader {
		rest, readErr := io.ReadAll(io.LimitReader(photo, mostHeader))
		if readErr != nil {
			return 0, 0, readErr
		}
		info, err = probe(bytes.Join([][]byte{data, rest}, nil), false)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("unreadable photo: %w", err)
	}
	return info.Width, info.Height, nil
}
