package cli

import (
	"fmt"
	"os"

	"golang.org/x/term"

	"fashionpipe/pipelines"
)

// errorLine is what --log json prints of an error that ends a command: one for each mistake of an experiment.
type errorLine struct {
	Event  string `json:"event"` // error
	Error  string `json:"error"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// tell shows why a command could not do its work. The mistakes of an experiment are shown as they are: each has its place
// and its remedy.
func tell(log string, err error) {
	mistakes, ok := pipelines.AsErrors(err)
	switch {
	case log == "json" && ok:
		var lines []errorLine
		for _, m := range mistakes {
			lines = append(lines, errorLine{"error", m.Problem, m.File, m.Line, m.Column, m.Hint})
		}
		_ = jsonLines(os.Stdout, lines) // a closed pipe has nobody to tell
	case log == "json":
		_ = jsonLines(os.Stdout, []errorLine{{Event: "error", Error: err.Error()}})
	case ok:
		fmt.Fprintln(os.Stderr, err)
	default:
		text := fmt.Sprint(program, ": ", err)
		if term.IsTerminal(int(os.Stderr.Fd())) {
			text = hangLines(text, doctorWidth, 4)
		}
		fmt.Fprintln(os.Stderr, text)
	}
}
