package process

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ExitError is a command that ended by itself and says that it failed.
type ExitError struct {
	Program string
	How     string   // "exit code 3", "signal: killed"
	Last    []string // lines it printed
}

func (e *ExitError) Error() string {
	if len(e.Last) == 0 {
		return fmt.Sprintf("%s ended with %s, and printed nothing", e.Program, e.How)
	}
	return fmt.Sprintf("%s ended with %s. The end of what it printed:\n  %s", e.Program, e.How, strings.Join(e.Last, "\n  "))
}

func newExitError(program string, s *os.ProcessState, last []string) *ExitError {
	e := &ExitError{Program: program, How: fmt.Sprintf("exit code %d", s.ExitCode()), Last: last}
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		e.How = fmt.Sprintf("signal %d (%s)", int(w.Signal()), w.Signal())
		if w.Signal() == syscall.SIGKILL {
			e.How += ", perhaps for want of memory"
		}
	}
	return e
}
