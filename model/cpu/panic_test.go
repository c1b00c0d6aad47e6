package cpu

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute"
)

func TestPanicIsAnError(t *testing.T) {
	broken := true
	withKernel(t, compute.OpTypeNeg, func(*node) kernel {
		return kernelFunc{run: func(in, out []any) {
			if broken {
				panic("out of tea")
			}
			copy(f32(out[0]), f32(in[0]))
		}}
	})
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) { return one(f.Neg(x[0])) })
	_, err := e.Execute(buffers(t, b, in), nil, 0)
	if err == nil || !strings.Contains(err.Error(), "out of tea") || !strings.Contains(err.Error(), "Neg((Float32)[2])") {
		t.Fatalf("error %v: it should name the panic and the operation", err)
	}
	broken = false
	out, err := e.Execute(buffers(t, b, in), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(tensors(t, out)[0], in[0], 0); d != "" {
		t.Error(d)
	}
}

// TestPanicOfASegment lets the Go backend panic in two operations of a segment: indices out of bounds in scatters.
func TestPanicOfASegment(t *testing.T) {
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2), {[]int32{7}, []int{1, 1}}, floats([]float32{5}, 1)}
	withKernel(t, compute.OpTypeScatterSum, func(*node) kernel { return nil })
	withKernel(t, compute.OpTypeScatterMax, func(*node) kernel { return nil })
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		y := must1(f.ScatterSum(x[0], x[1], x[2], 1, nil, []int{0}, []int{0}, false, false))
		z := must1(f.ScatterMax(x[0], x[1], x[2], 1, nil, []int{0}, []int{0}, false, false))
		return []compute.Value{y, z}, nil
	})
	if _, err := e.Execute(buffers(t, b, in), nil, 0); err == nil || !strings.Contains(err.Error(), "ScatterSum") {
		t.Errorf("error %v: it should name ScatterSum", err)
	}
}

// TestPanicInASegmentsWorker: the Go backend shares operations and their parts between workers. Here they must be the
// calling goroutine: a panic in another can't be caught and would end the process.
func TestPanicInASegmentsWorker(t *testing.T) {
	pool := reflect.Indirect(reflect.ValueOf(open(t).tail)).FieldByName("Workers").Interface().(interface {
		Saturate(func())
		WaitToStart(func())
		StartIfAvailable(func()) bool
	})
	for _, start := range []func(func()){pool.Saturate, pool.WaitToStart} {
		func() {
			defer func() {
				if r := recover(); r != "out of tea" {
					t.Errorf("recovered %v, want what the task panicked with", r)
				}
			}()
			start(func() { panic("out of tea") })
		}()
	}
	if pool.StartIfAvailable(func() {}) {
		t.Error("a task was started in a goroutine of its own")
	}
}
