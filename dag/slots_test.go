package dag

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// watcher counts what the stages that run have between them.
type watcher struct {
	mu      sync.Mutex
	now     amounts
	devices map[int]bool
	all     amounts
	wrong   string
}

func (w *watcher) enter(g *grant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, n := range g.need {
		if w.now[i] += n; w.now[i] > w.all[i] {
			w.wrong = fmt.Sprintf("%v are taken of %v", w.now, w.all)
		}
	}
	for _, d := range g.devices {
		if w.devices[d] || d < 0 || int64(d) >= w.all[gpus] {
			w.wrong = fmt.Sprintf("GPU %d is given twice, or isn't there", d)
		}
		w.devices[d] = true
	}
	if int64(len(g.devices)) != g.need[gpus] {
		w.wrong = fmt.Sprintf("%d GPUs, and devices %v", g.need[gpus], g.devices)
	}
}

func (w *watcher) leave(g *grant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, n := range g.need {
		w.now[i] -= n
	}
	for _, d := range g.devices {
		delete(w.devices, d)
	}
}

// TestSlotsNeverExceedAndAlwaysEnd lets many stages with random needs at what there is, some of which are told to stop
// while they wait, and wants all to come to an end, nothing to be given twice, and all to be given back.
func TestSlotsNeverExceedAndAlwaysEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &Engine{
			Jobs: rapid.IntRange(1, 4).Draw(t, "jobs"), Workers: rapid.IntRange(1, 4).Draw(t, "cores"),
			GPUs: rapid.IntRange(0, 3).Draw(t, "gpus"), Memory: rapid.Int64Range(0, 8).Draw(t, "memory"),
		}
		s := e.newSlots(nil)
		w := &watcher{devices: map[int]bool{}, all: s.all}
		var wg sync.WaitGroup
		for i := range rapid.IntRange(1, 25).Draw(t, "stages") {
			n := &Node{
				CPU: rapid.IntRange(0, 5).Draw(t, "cpu"), Memory: rapid.Int64Range(0, 10).Draw(t, "mem"), GPU: rapid.IntRange(0, 4).Draw(t, "gpu"),
			}
			borrow := rapid.Bool().Draw(t, "borrow")
			ctx, cancel := context.Background(), func() {}
			if rapid.IntRange(0, 4).Draw(t, "stop") == 0 {
				ctx, cancel = context.WithTimeout(ctx, time.Duration(i)*20*time.Microsecond)
			}
			wg.Go(func() {
				defer cancel()
				g, err := s.take(ctx, n, func(What, string) {})
				if err != nil {
					return
				}
				if borrow {
					s.borrow(g, func(string) {})
				}
				w.enter(g)
				runtime.Gosched()
				time.Sleep(10 * time.Microsecond)
				w.leave(g)
				s.give(g)
			})
		}
		ended := make(chan struct{})
		go func() { wg.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Fatalf("stages wait for ever: free %v of %v, %d in the queue", s.free, s.all, len(s.queue))
		}
		if w.wrong != "" {
			t.Fatal(w.wrong)
		}
		if s.free != s.all || slices.Contains(s.devices, true) || len(s.queue) > 0 {
			t.Fatalf("at the end %v of %v are free, devices %v, %d in the queue", s.free, s.all, s.devices, len(s.queue))
		}
	})
}

// turn is a queue whose stages come and end when the test says so; it notes the order in which they start, and what
// GPUs each has.
type turn struct {
	s       *slots
	t       *testing.T
	started []string
	grants  map[string]*grant
	waiting map[string]*waiter
}

func (o *turn) come(name string, n *Node) {
	w := o.s.newWaiter(n)
	o.s.enter(w)
	o.waiting[name] = w
	o.s.serve()
	o.note()
}

func (o *turn) end(name string) {
	o.s.give(o.grants[name])
	o.note()
}

func (o *turn) note() {
	for _, name := range slices.Sorted(maps.Keys(o.waiting)) {
		if w := o.waiting[name]; w.grant != nil {
			o.started = append(o.started, fmt.Sprint(name, w.grant.devices))
			o.grants[name] = w.grant
			delete(o.waiting, name)
		}
	}
}

func newTurn(t *testing.T, e *Engine) *turn {
	return &turn{t: t, s: e.newSlots(nil), grants: map[string]*grant{}, waiting: map[string]*waiter{}}
}

func (o *turn) want(want string) {
	o.t.Helper()
	if got := strings.Join(o.started, " "); got != want {
		o.t.Errorf("started %s, not %s", got, want)
	}
}

func TestTwoStagesOnOneGPUTakeTurns(t *testing.T) {
	o := newTurn(t, &Engine{Jobs: 4, Workers: 4, GPUs: 1})
	o.come("a", &Node{GPU: 1})
	o.come("b", &Node{GPU: 1})
	o.come("c", &Node{}) // needs none: b's wait is not its
	o.want("a[0] c[]")
	o.end("a")
	o.want("a[0] c[] b[0]")
}

func TestEachStageHasItsOwnGPU(t *testing.T) {
	o := newTurn(t, &Engine{Jobs: 4, Workers: 4, GPUs: 2})
	o.come("a", &Node{GPU: 1})
	o.come("b", &Node{GPU: 1})
	o.come("c", &Node{GPU: 1})
	o.want("a[0] b[1]")
	o.end("a")
	o.want("a[0] b[1] c[0]")
	o.come("d", &Node{GPU: 2}) // waits for both
	o.end("b")
	o.come("e", &Node{GPU: 1}) // there is one, but d was first
	o.want("a[0] b[1] c[0]")
	o.end("c")
	o.want("a[0] b[1] c[0] d[0 1]")
}

// TestGPUIsKeptForWhatFollows wants a GPU that is given back to be left to the stages that need nothing else, until they have
// come or are gone.
func TestGPUIsKeptForWhatFollows(t *testing.T) {
	o := newTurn(t, &Engine{Jobs: 4, Workers: 4, GPUs: 1})
	embed, other := &Node{GPU: 1}, &Node{GPU: 1}
	o.s.ranks[embed] = -1 // before the others
	o.come("a", &Node{GPU: 1})
	o.come("b", &Node{GPU: 1})
	o.s.give(o.grants["a"], embed, &Node{})
	o.note()
	o.come("c", &Node{}) // no GPU is kept from it
	o.want("a[0] c[]")
	if _, ok := o.s.borrow(o.grants["c"], nil); ok {
		t.Error("it is lent")
	}
	g, err := o.s.take(t.Context(), embed, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.s.give(g, other)
	o.note()
	o.want("a[0] c[]")
	o.s.gone(other)
	o.note()
	o.want("a[0] c[] b[0]")
}

func TestBigStageIsNotOvertakenForEver(t *testing.T) {
	o := newTurn(t, &Engine{Jobs: 8, Workers: 4, Memory: 10})
	o.come("a", &Node{CPU: 1, Memory: 6})
	o.come("big", &Node{CPU: 4, Memory: 5}) // too little of both
	o.come("c", &Node{CPU: 1})
	o.come("d", &Node{Memory: 1})
	o.come("e", &Node{}) // asks for nothing that is scarce
	o.want("a[] e[]")
	o.end("a")
	o.want("a[] e[] big[] d[]")
	o.end("big")
	o.want("a[] e[] big[] d[] c[]")
}

// TestMoreThanThereIs wants a stage that asks for more than there is to get all there is, and to be told so.
func TestMoreThanThereIs(t *testing.T) {
	e := &Engine{Jobs: 2, Workers: 2, GPUs: 1, Memory: 4e9}
	o := newTurn(t, e)
	n := &Node{CPU: 8, Memory: 16e9, GPU: 3}
	o.come("a", n)
	o.want("a[0]")
	const want = "it asks for 3 GPUs (resources: {gpu: 3}), and there is 1: it takes all; ask for 1, or run it where there are 3; " +
		"it asks for 8 cores, and there are 2: it takes all; " +
		"it asks for 16.0 GB of memory, and there are 4.0: it may fail"
	if got := strings.Join(e.lacksOf(n), "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	e.GPUs = 0
	want0 := lack{"encoder", "it asks for a GPU (resources: {gpu: 1}), and there is none here: it runs without; pipe doctor says what is missing"}
	variants := []*Node{{Name: "encoder@seed=1", Base: "encoder", GPU: 1}, {Name: "encoder@seed=2", Base: "encoder", GPU: 1}, {Name: "ours"}}
	if got := e.lacks(variants); len(got) != 1 || got[0] != want0 {
		t.Error(got)
	}
	if e.workersFor(n) != 2 || e.workersFor(&Node{CPU: 1}) != 1 || e.workersFor(&Node{}) != 2 {
		t.Error("workers")
	}
}

// Of stages that wait for one place, those with the longest way behind them run first, so that one chain ends before the
// next begins; of equals the first of the graph.
func TestChainsEndOneAfterTheOther(t *testing.T) {
	var nodes []*Node
	for _, chain := range []string{"a", "b", "c"} {
		for i := range 3 {
			n := &Node{Name: fmt.Sprint(chain, i), In: map[string][]string{}}
			if i > 0 {
				n.In["in"] = []string{fmt.Sprint(chain, i-1)}
			}
			nodes = append(nodes, n)
		}
	}
	s := (&Engine{Jobs: 1}).newSlots(nodes)
	o := &turn{t: t, s: s, grants: map[string]*grant{}, waiting: map[string]*waiter{}}
	for _, i := range []int{6, 3, 0} { // sources, which may come in any order
		o.come(nodes[i].Name, nodes[i])
	}
	for len(o.grants) > 0 {
		running := slices.Collect(maps.Keys(o.grants))[0]
		next := slices.IndexFunc(nodes, func(n *Node) bool { return slices.Contains(n.Inputs(), running) })
		if next >= 0 {
			o.come(nodes[next].Name, nodes[next]) // before its input gives up the place; in a run another may get it first
		}
		o.end(running)
		delete(o.grants, running)
	}
	want := []string{"c0[]", "c1[]", "c2[]", "a0[]", "a1[]", "a2[]", "b0[]", "b1[]", "b2[]"}
	if !slices.Equal(o.started, want) {
		t.Errorf("they started in the order %v, not %v", o.started, want)
	}
}
