package array

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// gathering is a Gather drawn at random, with what the reference needs.
type gathering struct {
	dims, indices, sizes, result []int
	axes                         GatherAxes
	values                       []int32 // of the indices
}

func drawGather(t *rapid.T) gathering {
	g := gathering{}
	for range rapid.IntRange(1, 4).Draw(t, "rank") {
		g.dims = append(g.dims, rapid.IntRange(1, 6).Draw(t, "dim"))
	}
	for i, d := range g.dims {
		n := rapid.IntRange(0, d).Draw(t, "size")
		if n == 1 && rapid.Bool().Draw(t, "collapsed") {
			g.axes.Collapsed = append(g.axes.Collapsed, i)
		}
		g.sizes = append(g.sizes, n)
	}
	var batch []int
	for range rapid.IntRange(0, 3).Draw(t, "batch rank") {
		batch = append(batch, rapid.IntRange(0, 4).Draw(t, "batch"))
	}
	g.axes.StartIndexMap = permutation(t, len(g.dims))[:rapid.IntRange(1, len(g.dims)).Draw(t, "components")]
	g.axes.IndexVector = rapid.IntRange(0, len(batch)).Draw(t, "vector axis")
	if g.axes.IndexVector == len(batch) && len(g.axes.StartIndexMap) == 1 && rapid.Bool().Draw(t, "implicit") {
		g.indices = batch
	} else {
		g.indices = slices.Insert(slices.Clone(batch), g.axes.IndexVector, len(g.axes.StartIndexMap))
	}
	offsets := len(g.dims) - len(g.axes.Collapsed)
	g.axes.OffsetOutput = permutation(t, offsets+len(batch))[:offsets]
	slices.Sort(g.axes.OffsetOutput)
	g.result = resultDims(g.indices, g.sizes, g.axes)
	for range product(g.indices) {
		g.values = append(g.values, int32(rapid.IntRange(-2, 7).Draw(t, "index")))
	}
	return g
}

// source finds the element of the array that goes to an index of the result; start gives an index vector's start along an axis.
func (g gathering) source(result []int) (box, batch []int) {
	k := 0
	for i := range g.dims {
		if slices.Contains(g.axes.Collapsed, i) {
			box = append(box, 0)
			continue
		}
		box = append(box, result[g.axes.OffsetOutput[k]])
		k++
	}
	for i, x := range result {
		if !slices.Contains(g.axes.OffsetOutput, i) {
			batch = append(batch, x)
		}
	}
	return box, batch
}

// start is component k of the index vector of a batch index.
func (g gathering) start(batch []int, k int) int {
	at := slices.Clone(batch)
	if len(g.indices) > len(batch) {
		at = slices.Insert(at, g.axes.IndexVector, k)
	}
	return int(g.values[flat(g.indices, at)])
}

func TestGather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGather(t)
		size := rapid.SampledFrom(sizes).Draw(t, "size")
		src := filled(product(g.dims), size)
		want := make([]byte, product(g.result)*size)
		each(g.result, func(index []int, at int) {
			from, batch := g.source(index)
			for k, a := range g.axes.StartIndexMap {
				from[a] += max(0, min(g.start(batch, k), g.dims[a]-g.sizes[a]))
			}
			copy(element(want, size, at), element(src, size, flat(g.dims, from)))
		})
		plan := NewGather(size, g.dims, g.indices, g.sizes, g.axes)
		got := workers(t, func() []byte {
			dst := make([]byte, len(want))
			plan.Do(dst, src, Indices(g.values))
			return dst
		})
		equal(t, got, want, size, g.result)
	})
}

// TestGatherRows takes rows from a table, enough of them for several workers.
func TestGatherRows(t *testing.T) {
	table := filled(1000*96, 4)
	rows := make([]int64, 5000)
	for i := range rows {
		rows[i] = int64(i * 7919 % 1000)
	}
	plan := NewGather(4, []int{1000, 96}, []int{5000}, []int{1, 96},
		GatherAxes{IndexVector: 1, OffsetOutput: []int{1}, Collapsed: []int{0}, StartIndexMap: []int{0}})
	got := workers(t, func() []byte {
		dst := make([]byte, 5000*96*4)
		plan.Do(dst, table, Indices(rows))
		return dst
	})
	for i, r := range rows {
		if string(element(got, 384, i)) != string(element(table, 384, int(r))) {
			t.Fatalf("row %d", i)
		}
	}
}

// update says that element from of the updates goes to element to of the array.
type update struct {
	batch    []int
	from, to int
}

// updates lists those of a scatter that is the gathering's adjoint: one index vector's after the other's.
func (g gathering) updates() []update {
	var list []update
	each(g.result, func(index []int, at int) {
		to, batch := g.source(index)
		for k, a := range g.axes.StartIndexMap {
			s := g.start(batch, k)
			if s < 0 || s > g.dims[a]-g.sizes[a] {
				return
			}
			to[a] += s
		}
		list = append(list, update{batch, at, flat(g.dims, to)})
	})
	slices.SortStableFunc(list, func(a, b update) int { return slices.Compare(a.batch, b.batch) })
	return list
}

func TestScatter(t *testing.T) {
	for name, op := range map[string]struct {
		op   ScatterOp
		join func(a, b float32) float32
	}{
		"sum": {ScatterSum, func(a, b float32) float32 { return a + b }},
		"max": {ScatterMax, func(a, b float32) float32 { return max(a, b) }},
		"min": {ScatterMin, func(a, b float32) float32 { return min(a, b) }},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := drawGather(t)
				updates, operand := numbersFrom(filled(product(g.result), 4)), numbersFrom(filled(product(g.dims), 4))
				want := slices.Clone(operand)
				for _, u := range g.updates() {
					want[u.to] = op.join(want[u.to], updates[u.from])
				}
				plan := NewScatter(op.op, g.dims, g.indices, g.result, ScatterAxes{
					IndexVector: g.axes.IndexVector, UpdateWindow: g.axes.OffsetOutput,
					InsertedWindow: g.axes.Collapsed, ScatterToOperand: g.axes.StartIndexMap})
				got := slices.Clone(operand)
				plan.Do(got, updates, Indices(g.values))
				if !slices.Equal(got, want) {
					t.Fatalf("%v, not %v", got, want)
				}
			})
		})
	}
}

// TestScatterRows adds rows to a table, many to the same, with one worker and with several.
func TestScatterRows(t *testing.T) {
	const rows, width = 3000, 300
	updates := numbersFrom(filled(rows*width, 4))
	at := make([]int32, rows)
	want := make([]float32, 50*width)
	for i := range at {
		at[i] = int32(i * 31 % 50)
		for j := range width {
			want[int(at[i])*width+j] += updates[i*width+j]
		}
	}
	plan := NewScatter(ScatterSum, []int{50, width}, []int{rows}, []int{rows, width},
		ScatterAxes{IndexVector: 1, UpdateWindow: []int{1}, InsertedWindow: []int{0}, ScatterToOperand: []int{0}})
	got := workers(t, func() []byte {
		dst := make([]float32, len(want))
		plan.Do(dst, updates, Indices(at))
		return Bytes(dst)
	})
	if string(got) != string(Bytes(want)) {
		t.Error("sums differ")
	}
}

// numbersFrom makes numbers between −1 and 1 of 4 bytes each.
func numbersFrom(b []byte) []float32 {
	x := make([]float32, len(b)/4)
	for i := range x {
		x[i] = float32(int32(binary.LittleEndian.Uint32(b[4*i:]))) / (1 << 31)
	}
	return x
}
