package cpu

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// TestStopWhen wants an execution to end between two steps once it is told to, and the next to go through.
func TestStopWhen(t *testing.T) {
	b := open(t)
	in := mixedInputs(rand.New(rand.NewPCG(1, 2)))
	e := mustBuild(t, b, in, mixed)
	var flag atomic.Bool
	b.StopWhen(&flag)
	if _, err := e.Execute(buffers(t, b, in), nil, 0); err != nil {
		t.Fatal(err)
	}
	flag.Store(true)
	if _, err := e.Execute(buffers(t, b, in), nil, 0); !errors.Is(err, ErrStopped) {
		t.Errorf("told to stop, it gives %v", err)
	}
	b.StopWhen(nil)
	if _, err := e.Execute(buffers(t, b, in), nil, 0); err != nil {
		t.Error(err)
	}
}
