package dag

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"fashionpipe/dag/store"
)

var digestField = regexp.MustCompile(`"digest": ?"([0-9a-f]{64})"`)

// UsedBy gives the artifacts that a run used or made, each once. It reads them as text, so that what can be known of a
// damaged record, or of a run that was killed while it wrote one, is known.
func UsedBy(s *store.Store, run string) ([]Digest, error) {
	var out []Digest
	var errs []error
	for _, file := range []string{"run.json", "log.jsonl"} {
		b, err := os.ReadFile(filepath.Join(s.RunDir(run), file))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		for _, m := range digestField.FindAllSubmatch(b, -1) {
			out = append(out, Digest(m[1]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out), errors.Join(errs...)
}
