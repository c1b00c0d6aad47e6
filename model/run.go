package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/model/cpu"
)

// imagenetMean and imagenetStd are the normalisation torchvision's networks are trained with, of RGB in 0 … 1.
var (
	imagenetMean = [3]float32{0.485, 0.456, 0.406}
	imagenetStd  = [3]float32{0.229, 0.224, 0.225}
)

// program is a compiled graph on a backend.
type program struct {
	b        *Backend
	g        *Graph
	replaces int // the first inputs, by the first results
}

// compile builds and compiles a graph for the backend's device.
func compile(b *Backend, name string, build func(g *Graph) []*Node) (*program, error) {
	return compileFor(b, name, func(*Graph) error { return nil }, build)
}

// compileSpread builds and compiles a graph for all devices of the backend together.
func compileSpread(b *Backend, name string, build func(g *Graph) []*Node) (*program, error) {
	return compileFor(b, name, b.spread, build)
}

func compileFor(b *Backend, name string, prepare func(g *Graph) error, build func(g *Graph) []*Node) (*program, error) {
	p := &program{b: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	err := try(func() error {
		p.g = NewGraph(forPrograms(b.compute), name)
		if err := prepare(p.g); err != nil {
			return err
		}
		results := build(p.g)
		for p.replaces < p.g.NumParameters() && strings.HasPrefix(p.g.GetParameterByHandle(ParameterHandle(p.replaces)).GetParameterName(), replaced) {
			p.replaces++
		}
		var specs []*distributed.ShardingSpec
		if spec := whole(p.g); spec != nil {
			specs = slices.Repeat([]*distributed.ShardingSpec{spec}, len(results))
		}
		return p.g.CompileWithSharding(results, specs)
	})
	return p, pointToLog(b.outOfMemory(err))
}

// stopper is a backend that can end an execution half-way.
type stopper interface{ StopWhen(flag *atomic.Bool) }

// run executes the graph. The inputs that it replaces are used up. Of a graph for several devices, the inputs and results of one
// device come after those of the other. It ends early with ctx, and gives its error, where the
// backend can stop between two operations; XLA and the Go backend run to their end.
func (p *program) run(ctx context.Context, in ...*tensors.Tensor) (out []*tensors.Tensor, err error) {
	if p.b.name != "xla" { // which takes several at once
		p.b.mu.Lock()
		defer p.b.mu.Unlock()
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if s, ok := p.b.compute.(stopper); ok && ctx.Done() != nil {
		var flag atomic.Bool
		s.StopWhen(&flag)
		defer s.StopWhen(nil)
		defer context.AfterFunc(ctx, func() { flag.Store(true) })()
		defer func() {
			if errors.Is(err, cpu.ErrStopped) {
				err = context.Cause(ctx)
			}
		}()
	}
	err = try(func() error {
		buffers, donate := make([]compute.Buffer, len(in)), make([]bool, len(in))
		each := len(in) / p.g.NumDevices()
		for i, t := range in {
			donate[i] = i%each < p.replaces
			if buffers[i], err = p.b.buffer(t, i/each, donate[i]); err != nil {
				return err
			}
		}
		out = p.g.RunWithBuffers(buffers, donate, p.b.device)
		return nil
	})
	return out, p.b.outOfMemory(err)
}

// buffer gives an array for the program on one of the backend's devices, sending it there if it is on the host. One to be used up
// is not the tensor's any more.
func (b *Backend) buffer(t *tensors.Tensor, device int, use bool) (compute.Buffer, error) {
	on := b.devices()[device]
	if at, err := t.Device(); err == nil && at != on {
		return nil, fmt.Errorf("an array of device %d was given to device %d", at, on)
	}
	if use {
		return t.DonateBuffer(b.compute, on)
	}
	return t.Buffer(b.compute, on)
}

func (p *program) close() { p.g.Finalize() }

// parameter declares an input of float32s.
func parameter(g *Graph, name string, shape []int) *Node {
	return declare(g, name, shapes.Make(dtypes.Float32, shape...))
}

// replaced is how the names of inputs begin that results replace.
const replaced = "replaced "

// replace declares an input of float32s that a result replaces. Such inputs are declared before others, in the order of results,
// each of its result's shape: what they were is lost with a run, and the result may be written over it.
func replace(g *Graph, name string, shape []int) *Node { return parameter(g, replaced+name, shape) }

// images declares an input of n images.
func images(g *Graph, name string, n, size int) *Node {
	return declare(g, name, shapes.Make(dtypes.Uint8, n, size, size, 3))
}

func upload(t tensor) *tensors.Tensor {
	if len(t.shape) == 0 {
		return tensors.FromScalar(t.data[0])
	}
	return tensors.FromFlatDataAndDimensions(t.data, t.shape...)
}

func uploadImages(pixels []byte, n, size int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(pixels, n, size, size, 3)
}

func download(t *tensors.Tensor) ([]float32, error) { return downloadAs[float32](t) }

func downloadAs[T float32 | int32 | uint32](t *tensors.Tensor) (x []T, err error) {
	err = try(func() error {
		x, err = tensors.CopyFlatData[T](t)
		return err
	})
	return x, err
}

// bring moves an array to a device.
func (b *Backend) bring(x *tensors.Tensor, d compute.DeviceNum) error {
	return b.outOfMemory(try(func() error { return x.ToDevice(b.compute, d) }))
}

// free gives the memory of arrays back early.
func free(ts ...*tensors.Tensor) {
	for _, t := range ts {
		_ = try(t.FinalizeAll) // what can't be freed now is left to the garbage collector
	}
}
