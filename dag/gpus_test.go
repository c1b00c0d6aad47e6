package dag_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fashionpipe/dag"
)

// computing is a stage that computes on the backend, or lets it do some of the work.
type computing struct {
	N    int `param:"n" doc:"makes the key"`
	some bool
	do   func(*dag.Task) error
}

func (s *computing) UsesBackend() bool { return !s.some }
func (s *computing) Offloads() bool    { return s.some }

func (s *computing) Run(_ context.Context, t *dag.Task) error {
	if err := s.do(t); err != nil {
		return err
	}
	return writeText(t, "computed")
}

// onGPUs is a lab whose backend computes on so many GPUs.
func onGPUs(t *testing.T, dir string, n int) *lab {
	l := newLab(t, dir)
	l.OnGPU, l.GPUs, l.Backend = true, n, "xla"
	l.BackendClass = func() (string, error) { return "xla:cuda", nil }
	return l
}

// TestSweepSpreadsOverGPUs has four stages that say nothing of GPUs, and wants two of them at a time, on a GPU each.
func TestSweepSpreadsOverGPUs(t *testing.T) {
	var mu sync.Mutex
	taken, meet := map[int]bool{}, make(chan bool)
	do := func(task *dag.Task) error {
		if len(task.Devices) != 1 || task.Borrow != nil {
			return fmt.Errorf("it has the GPUs %v, may borrow: %t", task.Devices, task.Borrow != nil)
		}
		mu.Lock()
		twice := taken[task.Devices[0]]
		taken[task.Devices[0]] = true
		mu.Unlock()
		if twice {
			return fmt.Errorf("two stages on GPU %d", task.Devices[0])
		}
		select {
		case meet <- true:
		case <-meet:
		case <-time.After(20 * time.Second):
			return errors.New("it is alone")
		}
		mu.Lock()
		defer mu.Unlock()
		delete(taken, task.Devices[0])
		return nil
	}
	l := onGPUs(t, t.TempDir(), 2)
	var nodes []*dag.Node
	for i := range 4 {
		nodes = append(nodes, node(kind("computing", nil, nil), fmt.Sprint("c", i), &computing{N: i, do: do}))
	}
	sum, _ := l.run(graph(t, nodes...), dag.RunOptions{})
	if err := sum.Err(); err != nil {
		t.Error(err)
	}
	want(t, l.said(dag.Warned), "")
}

// TestEmbedBeforeTheNextTraining: on one GPU the variants of a sweep come to their scores one after the other.
func TestEmbedBeforeTheNextTraining(t *testing.T) {
	l := onGPUs(t, t.TempDir(), 1)
	var order []string // one at a time has the GPU
	var nodes []*dag.Node
	for i := range 4 {
		train, embed := fmt.Sprint("train", i), fmt.Sprint("embed", i)
		k := kind("computing", []dag.Port{{Name: "texts", Type: textType, Optional: true}}, nil)
		for j, name := range []string{train, embed} {
			n := node(k, name, &computing{N: 2*i + j, do: func(*dag.Task) error { order = append(order, name); return nil }})
			if j == 1 {
				n.In = map[string][]string{"texts": {train}}
			}
			nodes = append(nodes, n)
		}
	}
	sum, _ := l.run(graph(t, nodes...), dag.RunOptions{})
	if err := sum.Err(); err != nil || len(order) != 8 {
		t.Fatalf("%v, %v", err, order)
	}
	for i := 0; i < 8; i += 2 {
		if want := strings.Replace(order[i], "train", "embed", 1); order[i+1] != want {
			t.Fatalf("%v: %s came before %s", order, order[i+1], want)
		}
	}
}

// TestKeysWithoutGPUs: whether a stage has no GPU or one is not in its key.
func TestKeysWithoutGPUs(t *testing.T) {
	dir := t.TempDir()
	var had []string
	do := func(task *dag.Task) error { had = append(had, fmt.Sprint(task.Devices)); return nil }
	for i, tt := range []struct {
		gpus, gpu int
		noGPU     bool
		want      string
	}{{0, 0, false, "[]"}, {2, 0, false, "[0]"}, {2, 0, true, "[]"}, {2, 1, false, "[0]"}, {0, 0, true, "[]"}} {
		n := node(kind("computing", nil, nil), "c", &computing{do: do})
		n.GPU, n.NoGPU = tt.gpu, tt.noGPU
		l := onGPUs(t, dir, tt.gpus)
		if _, got := l.run(graph(t, n), dag.RunOptions{}); i > 0 && got != "c cached" {
			t.Errorf("%+v: %s", tt, got)
		}
		had = nil
		l.run(graph(t, n), dag.RunOptions{Force: []string{"c"}})
		if !slices.Equal(had, []string{tt.want}) {
			t.Errorf("%+v: it had %v", tt, had)
		}
	}
}

// TestBorrowedGPU: a stage that offloads may take a GPU that is free, and has it until it ends.
func TestBorrowedGPU(t *testing.T) {
	l := onGPUs(t, t.TempDir(), 1)
	o := &kept{}
	l.Devices = o
	for i, tt := range []struct {
		gpu   int
		noGPU bool
		want  string
	}{{0, false, "[] borrows 0 true, then 0 false"}, {1, false, "[0]"}, {0, true, "[]"}} {
		got := ""
		n := node(kind("computing", nil, nil), "o", &computing{N: i, some: true, do: func(task *dag.Task) error {
			if got = fmt.Sprint(task.Devices); task.Borrow != nil {
				one, ok := task.Borrow()
				two, more := task.Borrow()
				got += fmt.Sprintf(" borrows %d %t, then %d %t", one, ok, two, more)
			}
			if held := o.held > 0; held != (tt.want != "[]") {
				got += fmt.Sprintf(" held %t", held)
			}
			return nil
		}})
		n.GPU, n.NoGPU = tt.gpu, tt.noGPU
		l.run(graph(t, n), dag.RunOptions{})
		want(t, got, tt.want)
		if o.held != 0 {
			t.Errorf("%+v: %d GPUs are not given back", tt, o.held)
		}
	}
}

// kept counts the devices that this process holds.
type kept struct{ held int }

func (k *kept) Try(int) (func(), string, error) { k.held++; return func() { k.held-- }, "", nil }
func (k *kept) Waiting(bool)                    {}

// TestPlanOfGPUs: a plan says what GPUs stages will have, and where they ask for more than there are.
func TestPlanOfGPUs(t *testing.T) {
	l := onGPUs(t, t.TempDir(), 2)
	var nodes []*dag.Node
	for i, gpu := range []int{0, 4, 0, 0} {
		n := node(kind("computing", nil, nil), string(rune('a'+i)), &computing{N: i, some: i == 3, do: func(*dag.Task) error { return nil }})
		n.GPU, n.NoGPU = gpu, i == 2
		nodes = append(nodes, n)
	}
	g := graph(t, nodes...)
	say := func() string {
		p, err := l.Plan(t.Context(), g, dag.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range p.Stages {
			out = append(out, fmt.Sprint(s.Node.Name, s.GPUs))
		}
		return strings.Join(append(out, p.Lacks...), " ")
	}
	want(t, say(), "a1 b2 c0 d0 stage b: it asks for 4 GPUs (resources: {gpu: 4}), and there are 2: it takes all; ask for 2, or run it where there are 4")
	l.run(g, dag.RunOptions{})
	want(t, l.said(dag.Warned), "b: it asks for 4 GPUs (resources: {gpu: 4}), and there are 2: it takes all; ask for 2, or run it where there are 4")
	want(t, say(), "a0 b0 c0 d0")
	l.GPUs, l.OnGPU = 0, false
	want(t, say(), "a0 b0 c0 d0")
}
