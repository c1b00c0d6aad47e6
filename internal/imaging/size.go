package imaging

import (
	"fmt"
	"io"
	"os"
)

// Size reads the width and height, in pixels, of the upright photo in a file, from the file's beginning where that is
// enough. It does not notice that a file is truncated; Probe does.
func Size(path string) (width, height int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	const usual = 64 << 10
	data, err := io.ReadAll(io.LimitReader(f, usual))
	if err != nil {
		return 0, 0, err
	}
	info, err := probe(data, false)
	if err != nil && len(data) == usual {
		const most = 64 << 20 // headers are never larger
		rest, readErr := io.ReadAll(io.LimitReader(f, most))
		if readErr != nil {
			return 0, 0, readErr
		}
		info, err = probe(append(data, rest...), false)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("unreadable photo: %w", err)
	}
	return info.Width, info.Height, nil
}
