package dag

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"fashionpipe/dag/store"
)

// Engine plans and runs graphs on a store.
type Engine struct {
	Store   *store.Store
	Jobs    int     // stages that work side by side; 0 for one per core
	Workers int     // goroutines a stage may compute with; 0 for one per core
	GPUs    int     // there are on this machine, shared among stages by Node.GPU
	OnGPU   bool    // the backend computes on GPUs, so a stage that computes on it and asks for none gets one
	Devices Devices // shares them with other processes; nil: they are this engine's alone
	Memory  int64   // bytes that stages which say how much they need share; 0: no limit
	Backend string  // the backend setting, for stages that use one
	Version string  // of the program, for records

	// BackendClass gives the class of the backend ("go", "xla:cuda") for keys. It is called at most once a plan or run,
	// and only if a stage uses the backend.
	BackendClass func() (string, error)

	// Events is told what happens, from one goroutine at a time. The run waits for it, so it must be quick. May be nil.
	Events func(Event)
}

// Devices shares the GPUs of a machine with other processes. Its methods are quick and may be called from several
// goroutines.
type Devices interface {
	// Try takes a device, counted from 0, without waiting; release gives it back. Where another process has it,
	// release is nil and holder says who, for people: "pid 4711 of anna has GPU 0". After an error the device is
	// used all the same, with a warning.
	Try(device int) (release func(), holder string, err error)
	// Waiting says whether somebody here waits for what another process has, so that it may get its turn.
	Waiting(yes bool)
}

// UnknownStageError is a stage name in RunOptions that the graph doesn't have.
type UnknownStageError struct {
	Name  string
	Known []string
}

func (e *UnknownStageError) Error() string {
	return fmt.Sprintf("there is no stage %q in the experiment", e.Name)
}

// PanicError is a panic of a stage.
type PanicError struct {
	Value any
	Stack string
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v (this is a mistake in the program; the stack is in the log of the run)", e.Value)
}

// guard calls f and makes a panic an error.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: string(debug.Stack())}
		}
	}()
	return f()
}

func (e *Engine) jobs() int    { return orCores(e.Jobs) }
func (e *Engine) workers() int { return orCores(e.Workers) }

func orCores(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// backendClass gives BackendClass that is called at most once.
func (e *Engine) backendClass() func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		if e.BackendClass == nil {
			return "", fmt.Errorf("dag: a stage uses the numeric backend, and the engine was given no BackendClass")
		}
		return e.BackendClass()
	})
}

// identity is what tells a stage's work from other work, known once its inputs are there.
type identity struct {
	pre    Preimage
	key    Digest
	source string       // Artifact.Source of what it makes; set by locate
	seen   *store.Files // what digested the externals
}

// identify makes the key of a node for the given inputs, digesting through files what the stage reads from outside.
func (e *Engine) identify(ctx context.Context, n *Node, in Inputs, backend func() (string, error), files *store.Files) (id identity, err error) {
	id.seen = files
	err = guard(func() error {
		var class string
		if usesBackend(n.Stage) {
			if class, err = backend(); err != nil {
				return fmt.Errorf("finding the numeric backend: %w", err)
			}
			if k := e.devices(n); k > 1 {
				class += fmt.Sprintf(":%d devices", k)
			}
		}
		externals, err := externals(ctx, n, files)
		if err != nil {
			return err
		}
		id.pre = preimage(n, in, externals, class)
		id.key = Key(id.pre)
		return nil
	})
	return id, err
}

// locate asks a stage where the files that its artifact refers to are. Its inputs must be there.
func (id *identity) locate(n *Node, in Inputs) error {
	l, ok := n.Stage.(Locator)
	if !ok {
		return nil
	}
	return guard(func() (err error) {
		id.source, err = l.Source(in)
		return err
	})
}

func externals(ctx context.Context, n *Node, files Files) (map[string]Digest, error) {
	x, ok := n.Stage.(External)
	if !ok {
		return nil, nil
	}
	return x.Externals(ctx, files)
}
