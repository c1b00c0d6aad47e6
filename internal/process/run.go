package process

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Command is what to run.
type Command struct {
	Args    []string      // the program, by its name or its path (relative to Dir), and what it is given
	Dir     string        // the folder it works in
	Env     []string      // all of its environment, each NAME=value; PATH in it says where the program is looked for
	Timeout time.Duration // 0: none
	Grace   time.Duration // how long it may take to end by itself once it is told to stop (SIGTERM)
	Line    func(string)  // gets each line it prints, from one goroutine; may be nil
}

// TimeoutError is a command that took too long and was stopped.
type TimeoutError struct {
	Program string
	After   time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s was stopped: it was still running after the timeout of %s", e.Program, e.After)
}

// Run runs a command to its end. Once the command has ended, or ctx has, nothing that it started runs any more, apart
// from processes that left its group (daemons). The error is that of ctx, a *TimeoutError, an *ExitError, or says why
// the command could not be started.
func Run(ctx context.Context, c Command) error {
	path, err := c.find()
	if err != nil {
		return err
	}
	g, err := newGroup()
	if err != nil {
		return fmt.Errorf("starting what watches over %s: %w", c.Args[0], err)
	}
	defer g.close()
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	cmd := &exec.Cmd{Path: path, Args: c.Args, Dir: c.Dir, Env: c.Env, Stdout: in, Stderr: in}
	g.join(cmd)
	err = cmd.Start()
	in.Close() // the command has its own; without this the output would never end
	if err != nil {
		return fmt.Errorf("%s can't be started: %w", c.Args[0], err)
	}
	l := &lines{to: c.Line, done: make(chan struct{})}
	go l.read(out)
	err = c.wait(ctx, cmd, g, l)
	g.signal(syscall.SIGKILL)                               // what it left running
	_ = out.SetReadDeadline(time.Now().Add(listenAfterEnd)) // a daemon may hold the output open for ever
	<-l.done
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return newExitError(c.Args[0], exit.ProcessState, l.last())
	}
	return err
}

const listenAfterEnd = 500 * time.Millisecond

// wait waits for the command's end, and brings it about when ctx ends or the time is over.
func (c *Command) wait(ctx context.Context, cmd *exec.Cmd, g *group, l *lines) error {
	ended, gone := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(gone)
		ended <- cmd.Wait()
	}()
	var timeout <-chan time.Time
	if c.Timeout > 0 {
		t := time.NewTimer(c.Timeout)
		defer t.Stop()
		timeout = t.C
	}
	var why error
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		why = ctx.Err()
	case <-timeout:
		why = &TimeoutError{Program: c.Args[0], After: c.Timeout}
	}
	g.signal(syscall.SIGTERM)
	select {
	case <-l.done: // all that could print has ended
	case <-time.After(c.Grace):
	}
	g.signal(syscall.SIGKILL)
	<-gone // killed, or ended by itself: why is what counts
	return why
}

// Exists says why there is no such program as the command wants, if there is none.
func (c Command) Exists() error {
	_, err := c.find()
	return err
}

// find gives the path of the program. It looks where the command itself would, not where this process would.
func (c *Command) find() (string, error) {
	name := c.Args[0]
	if strings.Contains(name, "/") {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.Dir, path)
		}
		if _, err := exec.LookPath(path); err != nil {
			err = errors.Unwrap(err) // without the name, which follows
			if p := new(fs.PathError); errors.As(err, &p) {
				err = p.Err
			}
			return "", fmt.Errorf("%s can't be run: %w", name, err)
		}
		return path, nil
	}
	dirs := c.getenv("PATH")
	for _, dir := range filepath.SplitList(dirs) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no program %q on the PATH (%s): install it, or write its whole path", name, dirs)
}

// getenv gives a variable of the command's environment; the last of several counts.
func (c *Command) getenv(name string) (value string) {
	for _, e := range c.Env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}
