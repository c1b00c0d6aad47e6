package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

//go:embed torch_peer.py
var script string

// peer is PyTorch in a process of its own: a line asks for a unit of work, a line answers with the seconds it took.
// Without a process it takes no time at anything.
type peer struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func startTorch(ctx context.Context, python string, threads int) (*peer, error) {
	if python == "" {
		return &peer{}, nil
	}
	cmd := exec.CommandContext(ctx, python, "-c", script, strconv.Itoa(threads))
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS="+strconv.Itoa(threads), "MKL_NUM_THREADS="+strconv.Itoa(threads))
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &peer{cmd: cmd, in: in, out: bufio.NewReader(out)}
	p.name, err = p.line()
	return p, err
}

func (p *peer) line() (string, error) {
	s, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("PyTorch stopped: %w", err)
	}
	return strings.TrimSpace(s), nil
}

// run does one unit of the work and gives its seconds.
func (p *peer) run(w work) (float64, error) {
	if p.cmd == nil {
		return 0, nil
	}
	kind := "embed"
	if w.train {
		kind = "train"
	}
	if _, err := fmt.Fprintln(p.in, kind, w.arch, w.batch, w.size); err != nil {
		return 0, err
	}
	s, err := p.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(s, 64)
}

func (p *peer) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.in.Close()
	_ = p.cmd.Wait()
}
