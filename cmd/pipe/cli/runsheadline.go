package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// sweepFile is where the record of a sweep's run keeps its counts and its best variant.
const sweepFile = "sweep.json"

// rememberSweep keeps with the record of a run what `runs ls` says of a sweep.
func rememberSweep(errs io.Writer, sum *dag.Summary, s *sweepSummary) {
	b, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(filepath.Join(sum.RunDir, sweepFile), append(b, '\n'), 0o644)
	}
	if err != nil {
		warnOf(errs, fmt.Errorf("pipe runs ls will not know the best variant of this run: %w", err))
	}
}

// isSweep tells by the names of its stages if a run was one of several variants.
func isSweep(r *dag.RunRecord) bool {
	for _, s := range r.Stages {
		if baseOf(s.Name) != s.Name {
			return true
		}
	}
	return false
}

// baseOf is the name that the stage of a node has in the file.
func baseOf(node string) string {
	base, _, _ := strings.Cut(node, "@")
	return base
}

// headline takes what matters from the record: of a sweep the best variant, for the numbers of one among many mislead.
func (r *runRow) headline(st *store.Store, doc *dag.RunRecord) {
	if !isSweep(doc) {
		r.Results = headline(doc)
		return
	}
	b, err := os.ReadFile(filepath.Join(st.RunDir(doc.ID), sweepFile))
	if errors.Is(err, fs.ErrNotExist) { // killed before its table
		return
	}
	s := &sweepSummary{}
	if err == nil && json.Unmarshal(b, s) == nil {
		r.sweepSummary = s
	}
}

// numbers are the results of a run in a line.
func (r *runRow) numbers() string {
	if s := r.sweepSummary; s != nil {
		return s.String()
	}
	var parts []string
	for _, n := range r.Results {
		if n.Name == n.Stage { // of drift, say, all of it: ARI 0.881 over 143 photos, 6 moved
			text, _, _ := strings.Cut(n.A, ";")
			parts = append(parts, n.Name+": "+text)
			continue
		}
		parts = append(parts, n.Name+": "+strings.TrimSpace(strings.SplitN(brief(n.A), "[", 2)[0]))
	}
	return strings.Join(parts, "; ")
}

// String says it in a line: "8 variants, best loss=mse: recall@1 (garment) 0.126".
func (s *sweepSummary) String() string {
	text := plural(s.Variants.Total, "variant")
	if b := s.Best; b != nil {
		text += fmt.Sprintf(", best %s: %s %.3f", short(b.Variant, 34), b.Measure, b.Value)
		if b.SD != nil {
			text += fmt.Sprintf(" ±%.3f", *b.SD)
		}
	}
	return text
}
