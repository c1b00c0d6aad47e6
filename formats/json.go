package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// unmarshalStrict decodes one JSON value into v, which must have a field for every key.
func unmarshalStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// checkVersion says whether a file is of the wanted format in the one version there is.
func checkVersion(format string, version int, want string) error {
	if format != want {
		return fmt.Errorf("holds %q, not %q", format, want)
	}
	if version != 1 {
		return fmt.Errorf("%s of version %d: this program reads version 1; use the release that wrote it, or make it anew", format, version)
	}
	return nil
}

// readJSON reads dir/name by parse.
func readJSON[T any](dir, name string, parse func([]byte) (T, error)) (T, error) {
	var none T
	path := filepath.Join(dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		return none, err
	}
	v, err := parse(b)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// writeJSON writes v, indented, as dir/name.
func writeJSON(dir, name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return createFile(dir, name, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// orNull is nil where x is NaN: a number that was not measured, null in files.
func orNull(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// orNaN is the inverse of orNull.
func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}
