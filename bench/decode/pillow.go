package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// pillow is a running pillow.py, which does a round for each line it is sent.
type pillow struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	photos int
}

func newPillow(python, script, photos string, size, processes int) (*pillow, error) {
	cmd := exec.Command(python, script, photos, strconv.Itoa(size), strconv.Itoa(processes))
	cmd.Stderr = os.Stderr
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
	p := &pillow{cmd: cmd, in: in, out: bufio.NewReader(out)}
	return p, p.read(&p.photos)
}

// round decodes all photos.
func (p *pillow) round() (cost, error) {
	if _, err := fmt.Fprintln(p.in); err != nil {
		return cost{}, err
	}
	var c cost
	err := p.read(&c.wall, &c.cpu)
	return c, err
}

func (p *pillow) read(to ...any) error {
	if _, err := fmt.Fscanln(p.out, to...); err != nil {
		return fmt.Errorf("%s ended (is Pillow installed there?): %w", p.cmd, err)
	}
	return nil
}

func (p *pillow) close() {
	_ = p.in.Close()
	_ = p.cmd.Wait()
}
