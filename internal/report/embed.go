package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"
)

// Where Embed puts the run. Labels can't forge these: every "<" of theirs is escaped.
const (
	slot    = `<section id="run" hidden data-slot="run"></section>`
	navSlot = `<li hidden data-slot="run"></li>`
)

// ErrNoSlot says that a page has no empty place for a run: it is no report, or one that has its run already.
var ErrNoSlot = errors.New("the page has no empty place for a run")

// Run is one execution of the experiment that a report belongs to.
type Run struct {
	ID         string
	Version    string // of the program
	Started    time.Time
	Took       time.Duration
	Title      string // of a page that has none of its own
	Experiment string // its YAML
	Stages     []Stage
}

// Stage is what became of one stage of a run.
type Stage struct {
	Name, Kind string
	State      string        // "ran", "cached", "failed", "skipped" or "interrupted"
	Took       time.Duration // of a cached stage: what making it took at the time
	Bytes      int64         // size of the artifact
	Digest     string        // of the artifact
	Reason     string        // why it ran, or why it failed
	Notes      []string      // what it had to tell
	After      []string      // names of the stages it takes its inputs from
}

// Embed copies a report to w with the run put into its empty place: sizes and times of the stages, their graph, and the
// experiment's text; the run's title where the page has none, and the stages of models that share a name. The report that
// a stage made has none of that, since it must not depend on the run, nor on names.
func Embed(w io.Writer, html []byte, run Run) error {
	html = nameStages(fillTitle(html, run.Title), run.Stages)
	before, rest, ok := bytes.Cut(html, []byte(navSlot))
	middle, after, ok2 := bytes.Cut(rest, []byte(slot))
	if !ok || !ok2 {
		return fmt.Errorf("put the run into the report: %w", ErrNoSlot)
	}
	var section bytes.Buffer
	if err := templates().ExecuteTemplate(&section, "run.tmpl", newRunView(run)); err != nil {
		return fmt.Errorf("put the run into the report: %w", err)
	}
	for _, part := range [][]byte{before, []byte(`<li><a href="#run">Run</a></li>`), middle, section.Bytes(), after} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// runView is what the run's template sees.
type runView struct {
	ID, Version, Started, Took string
	Experiment                 string
	Stages                     []stageView
	Graph                      *drawing
	Cached                     int
	Saved                      time.Duration
}

type stageView struct {
	Name, Kind, State, Symbol string
	Took, Bytes, Reason       string
	Share                     float64 // of the longest stage
	Notes                     []string
}

func newRunView(r Run) runView {
	v := runView{ID: r.ID, Version: r.Version, Took: duration(r.Took), Experiment: r.Experiment, Graph: layout(r.Stages),
		Started: r.Started.Format("2006-01-02 15:04:05 MST")}
	longest := time.Duration(1)
	for _, s := range r.Stages {
		longest = max(longest, s.Took)
	}
	for _, s := range r.Stages {
		if s.State == "cached" {
			v.Cached++
			v.Saved += s.Took
		}
		v.Stages = append(v.Stages, stageView{Name: s.Name, Kind: s.Kind, State: s.State, Symbol: stateSymbol(s.State),
			Took: duration(s.Took), Bytes: stageSize(s), Reason: s.Reason, Notes: s.Notes,
			Share: float64(s.Took) / float64(longest)})
	}
	return v
}

// stageSize writes the size of what a stage made; "–" where it made nothing.
func stageSize(s Stage) string {
	if s.Bytes == 0 {
		return "–"
	}
	return size(s.Bytes)
}

// stateSymbol tells the states apart without colour.
func stateSymbol(state string) string {
	symbols := map[string]string{"ran": "✓", "interrupted": "■", "cached": "↺", "failed": "✕", "skipped": "–"}
	return cmp.Or(symbols[state], "·")
}
