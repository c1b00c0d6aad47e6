package cli

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/term"
)

// noSuchProgram is the shell's exit code where there is none of the name.
const noSuchProgram = 127

// page shows a text by a pager, PAGER or less, where it is longer than the terminal that it goes to.
func page(w io.Writer, text string) error {
	f, ok := w.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		if _, rows, err := term.GetSize(int(f.Fd())); err == nil && strings.Count(text, "\n") >= rows {
			// -F and -X: what fits after all, by less's own count, is printed and stays.
			cmd := exec.Command("/bin/sh", "-c", cmp.Or(os.Getenv("PAGER"), "less -FRX"))
			cmd.Stdin, cmd.Stdout = strings.NewReader(text), f
			_ = cmd.Run() // how it ends, by Ctrl-C say, is its own affair
			if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() != noSuchProgram {
				return nil
			}
		}
	}
	_, err := io.WriteString(w, text)
	return err
}
