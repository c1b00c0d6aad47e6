package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
)

// screen shows the events of a run. event is never called by two goroutines at a time.
type screen interface {
	event(dag.Event)
	close()
}

// newScreen picks the way to show events: JSON lines on out, or text on err, with a bar if err is a terminal.
func newScreen(log string, out, err io.Writer, e *pipelines.Experiment) screen {
	if log == "json" {
		j := &jsonScreen{enc: json.NewEncoder(out)}
		if e.Sweep != nil {
			_ = j.enc.Encode(sizeOf(e))
		}
		return j
	}
	t := &textScreen{w: err, width: nameWidth(e.Graph), why: map[string]string{}, said: map[string]time.Time{}, heard: map[string]string{}}
	if f, ok := err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		t.bar = newBar(f)
	}
	if e.Sweep != nil {
		t.head = fmt.Sprintf("%s: %s\n", e.Name, sizeOf(e))
		t.many = newTally(e.Graph)
	}
	return t
}

func nameWidth(g *dag.Graph) int {
	w := 0
	for _, n := range g.Nodes {
		w = max(w, len(n.Name))
	}
	return min(w, 24)
}

type jsonScreen struct{ enc *json.Encoder }

func (s *jsonScreen) event(e dag.Event) { _ = s.enc.Encode(e) } // a closed pipe must not end the run
func (s *jsonScreen) close()            {}

// textScreen prints a line when something has happened and, on a terminal, a bar for what is going on. Piped, a long
// stage says where it is every quietFor.
type textScreen struct {
	w     io.Writer
	width int
	bar   *bar                 // nil where err is no terminal
	why   map[string]string    // by stage: why it runs
	said  map[string]time.Time // by stage: when it last said something
	heard map[string]string    // what stages said of this run, and which was the first
	many  *tally               // of a sweep; nil otherwise
	head  string               // what stands above all of it, once something happens
}

const quietFor = 10 * time.Second

func (s *textScreen) event(e dag.Event) {
	_, _ = io.WriteString(s.w, s.head) // a closed pipe must not end the run
	s.head = ""
	switch e.What {
	case dag.Started:
		s.why[e.Stage], s.said[e.Stage] = e.Reason, e.Time
		s.bar.start(e.Stage)
	case dag.Fetching:
		s.said[e.Stage] = e.Time
		s.bar.start(e.Stage)
		s.line(e.Stage, "downloads "+e.Text)
	case dag.Fetched:
		s.bar.end(e.Stage)
	case dag.Progress:
		s.progress(e)
	case dag.Noted:
		if e.Note.Level != dag.Result {
			s.note(e.Stage, fmt.Sprintf("%s: %s", e.Note.Level, of(e.Stage, e.Note.Name, e.Note.Text)))
		}
	case dag.Said:
		s.once(e.Stage, e.Text)
	case dag.Warned, dag.Waiting:
		s.line(e.Stage, fmt.Sprintf("%s: %s", e.What, e.Text))
	case dag.Cached, dag.Skipped:
		s.quiet(e)
	case dag.Finished:
		s.finished(e)
	case dag.Failed:
		s.end(e.Stage, "FAILED: "+s.unsaid(e.Err.Error()))
	case dag.Interrupted:
		s.interrupted(e)
	}
}

func (s *textScreen) progress(e dag.Event) {
	if s.bar != nil {
		s.bar.progress(e)
		return
	}
	if e.Time.Sub(s.said[e.Stage]) < quietFor {
		return
	}
	s.said[e.Stage] = e.Time
	text := fmt.Sprintf("%d %s", e.Done, e.Unit)
	if e.Total > 0 {
		text = fmt.Sprintf("%d of %d %s", e.Done, e.Total, e.Unit)
	}
	if e.Live != "" {
		text += ", " + e.Live
	}
	s.line(e.Stage, text)
}

// once prints what stages say of this run, such as their backend, and leaves out what another has said.
func (s *textScreen) once(stage, text string) {
	first, heard := s.heard[text]
	if !heard {
		s.heard[text] = stage
	}
	if !heard || first == stage {
		s.line(stage, text)
	}
}

// unsaid gives an error without the lines below it where all of them stand above already, as the end of what a command
// printed does.
func (s *textScreen) unsaid(text string) string {
	for _, line := range strings.Split(text, "\n")[1:] {
		if _, heard := s.heard[strings.TrimPrefix(line, "  ")]; !heard && strings.TrimSpace(line) != "" {
			return text
		}
	}
	return gist(text)
}

func (s *textScreen) end(stage, text string) {
	s.bar.end(stage)
	if s.many != nil {
		s.tellCounts(20)
		s.many.ended++
		stage = fmt.Sprintf("[%d/%d] %s", s.many.ended, s.many.of, stage)
	}
	s.line(stage, text)
}

func (s *textScreen) line(stage, text string) {
	s.bar.hide()
	text, more, _ := strings.Cut(text, "\n") // what a command printed stays in its lines
	line := fmt.Sprintf("%-*s  %s", s.width, stage, text)
	columns, below := 80, s.width+2
	if s.bar != nil {
		columns = s.bar.columns()
	}
	if s.many != nil {
		below = 4 // names are long
	}
	if s.bar != nil || s.many != nil {
		line = hang(line, columns, below)
	}
	fmt.Fprintln(s.w, line)
	if more != "" {
		fmt.Fprintln(s.w, indent(more, strings.Repeat(" ", s.width+2)))
	}
}

func (s *textScreen) close() {
	s.bar.hide()
	if s.many != nil {
		s.tellCounts(1)
	}
}
