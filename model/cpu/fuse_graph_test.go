package cpu

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas
	gomlx "github.com/gomlx/gomlx/core/tensors"
)

// normBlock is convolution, batch normalisation and ReLU, with a shortcut around if asked for.
func normBlock(x, w, gamma, beta *Node, shortcut bool) *Node {
	y := Convolve(x, w).AxesConfig(convAxes).PadSame().Done()
	y, _, _ = InternalBatchNormForTraining(y, gamma, beta, 1e-5, -1)
	if shortcut {
		y = Add(y, x)
	}
	zero := ScalarZero(x.Graph(), x.DType())
	return Where(GreaterThan(y, zero), y, zero)
}

// stepsOfTraining are those of two blocks, the loss, the gradients and the new weights.
const stepsOfTraining = `
ConvGeneral with Loop of 0	the first convolution, and the statistics of its result
Loop of 3	per channel: 1/√(variance + ε), times γ
Loop of 5	normalise, ReLU
ConvGeneral with Loop of 0
Loop of 3
Loop of 6	normalise, add the shortcut, ReLU
ReduceSum	the mean of each image's channels
Loop of 1	divided
Loop of 5	the loss and its gradient
Loop of 1	the gradient of the division
BroadcastInDim	and of the sum
Loop of 4	the ReLU's gradient, and the sums of the second normalisation's
Loop of 1
Loop of 7	per channel: the normalisation's gradient, new γ and β
Loop of 5	gradient of the second convolution's result
ConvGeneral	of its weights
ConvGeneral with Loop of 5	of its operand, with the shortcut's, through the ReLU, and the sums for the first normalisation
Loop of 1
Loop of 7
Loop of 5
ConvGeneral
Loop of 2	new weights
Loop of 2
Loop of 2
Loop of 2`

func TestStepsOfTraining(t *testing.T) {
	var want []string
	for line := range strings.SplitSeq(strings.TrimSpace(stepsOfTraining), "\n") {
		name, _, _ := strings.Cut(line, "\t")
		want = append(want, name)
	}
	if _, got := runTraining(t); !slices.Equal(got, want) {
		t.Errorf("steps\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// runTraining gives the results of a training step and names the steps in which it runs.
func runTraining(t *testing.T) (results [][]float32, steps []string) {
	b := open(t)
	exec := MustNewExec(b, training)
	const c = 16
	in := []any{tensorOf(2, 16, 16, c)}
	for range 2 {
		in = append(in, tensorOf(3, 3, c, c), tensorOf(c), tensorOf(c))
	}
	b.Watch(func(step string, _ time.Duration) {
		name, _, _ := strings.Cut(step, "(")
		steps = append(steps, name)
	})
	defer b.Watch(nil)
	for _, out := range exec.MustCall(in...) {
		results = append(results, gomlx.MustCopyFlatData[float32](out))
	}
	return results, steps
}

func training(in []*Node) []*Node {
	x, weights := in[0], in[1:]
	y := normBlock(x, weights[0], weights[1], weights[2], false)
	y = normBlock(y, weights[3], weights[4], weights[5], true)
	loss := ReduceAllMean(Square(ReduceMean(y, 1, 2)))
	out := []*Node{loss}
	for i, g := range Gradient(loss, weights...) {
		out = append(out, Sub(weights[i], MulScalar(g, 0.1)))
	}
	return out
}

// TestSameBitsTraining: the number of workers changes nothing.
func TestSameBitsTraining(t *testing.T) {
	var first [][]float32
	for _, workers := range []int{1, 2, 5} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
			results, _ := runTraining(t)
			if first == nil {
				first = results
			}
			for i := range results {
				if !slices.Equal(results[i], first[i]) {
					t.Errorf("%d workers: result %d has other bits", workers, i)
				}
			}
		}()
	}
}

func tensorOf(dims ...int) *gomlx.Tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	return gomlx.FromFlatDataAndDimensions(x, dims...)
}
