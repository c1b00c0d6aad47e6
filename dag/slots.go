package dag

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// slots are what stages share: places to work in, cores, memory and GPUs, and places to look for results in (which
// reads files, and so has a limit too, but must not wait for hours of somebody's work).
//
// A stage takes all it needs in one step, so none holds a part while it waits for the rest. Those that wait stand in a
// queue. One that finds too little of something keeps those behind it from taking of that until it has started, and from
// nothing else: so a stage that waits for a GPU does not keep others from the cores, and is not overtaken for ever.
// The first of the queue fits as soon as nothing runs: there is no deadlock. Stages with the longest way behind them go
// first, so that the variants of a sweep come to their scores one after the other, and one that is stopped has some. To
// the same end a GPU that is given back is kept until the stages that follow have come for it, or are found to be cached.
//
// GPUs are shared with other processes too (Engine.Devices). A stage takes all it needs there or none, so it holds none
// while it waits, and what it needs of the rest is left to others meanwhile. While one waits for another process, the
// queue is looked at again every now and then.
type slots struct {
	looks  *semaphore.Weighted
	all    amounts
	engine *Engine       // says how many GPUs a node takes
	other  Devices       // nil: there are no other processes
	ranks  map[*Node]int // place of each node in the queue, beside others; those not named come first

	mu      sync.Mutex
	free    amounts
	devices []bool // of the GPUs: which are taken
	queue   []*waiter
	coming  map[*Node]bool // nodes that are about to come, whose GPUs those of the queue leave to them
	again   *time.Timer    // looks at the queue again; nil where none waits for another process
}

// lookAgain is how often one that waits for another process's GPU looks again; up to a half is added by chance, so that
// processes don't look in step.
const lookAgain = 200 * time.Millisecond

// What stages share, and how much of each.
const (
	places = iota
	cores
	memory // bytes
	gpus
	kinds
)

type amounts [kinds]int64

// waiter is a stage that waits.
type waiter struct {
	need   amounts
	rank   int
	scarce [kinds]bool // there was too little of it once; those behind must not take of it
	grant  *grant
	ready  chan struct{} // closed once grant is there
	news   chan news     // has the newest of what there is to tell
	told   string        // the text of it
}

// news is what a stage that waits has to tell.
type news struct {
	what What // Waiting or Warned
	text string
}

func (w *waiter) tell(what What, text string) {
	if text == w.told {
		return
	}
	w.told = text
	select {
	case <-w.news: // nobody has heard that yet, and it is not so any more
	default:
	}
	w.news <- news{what, text}
}

func (s *slots) newWaiter(n *Node) *waiter {
	return &waiter{need: s.needs(n), rank: s.ranks[n], ready: make(chan struct{}), news: make(chan news, 1)}
}

// grant is what a stage has while it runs.
type grant struct {
	need    amounts
	devices []int
	release []func() // give the devices back to other processes
}

func (e *Engine) newSlots(nodes []*Node) *slots {
	all := amounts{places: int64(e.jobs()), cores: int64(e.workers()), memory: e.Memory, gpus: int64(e.GPUs)}
	return &slots{
		looks: semaphore.NewWeighted(int64(orCores(0))), all: all, free: all, devices: make([]bool, max(0, e.GPUs)),
		coming: map[*Node]bool{}, engine: e, other: e.Devices, ranks: deepestFirst(nodes),
	}
}

// deepestFirst ranks nodes, which come after their inputs, by the longest way from a source to each: the longest first,
// of equals the earlier one.
func deepestFirst(nodes []*Node) map[*Node]int {
	depth := make(map[string]int, len(nodes))
	for _, n := range nodes {
		for _, in := range n.Inputs() {
			depth[n.Name] = max(depth[n.Name], depth[in]+1)
		}
	}
	order := slices.Clone(nodes)
	slices.SortStableFunc(order, func(a, b *Node) int { return depth[b.Name] - depth[a.Name] })
	ranks := make(map[*Node]int, len(order))
	for i, n := range order {
		ranks[n] = i
	}
	return ranks
}

// needs is what a node takes. Of what there is too little of it takes all.
func (s *slots) needs(n *Node) amounts {
	need := amounts{places: 1, cores: int64(n.CPU), memory: n.Memory, gpus: int64(s.engine.gpus(n))}
	for i := range need {
		need[i] = min(need[i], s.all[i])
	}
	return need
}

// take waits until what a node needs is free, and takes it. give gives it back. tell is told whom it waits for, where
// that is another process, and of what goes wrong.
func (s *slots) take(ctx context.Context, n *Node, tell func(What, string)) (*grant, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := s.newWaiter(n)
	s.mu.Lock()
	delete(s.coming, n)
	s.enter(w)
	s.serve()
	s.mu.Unlock()
	for {
		select {
		case x := <-w.news:
			tell(x.what, x.text)
		case <-w.ready:
			select {
			case x := <-w.news:
				if x.what == Warned {
					tell(x.what, x.text)
				}
			default:
			}
			return w.grant, nil
		case <-ctx.Done():
			s.leave(w)
			return nil, ctx.Err()
		}
	}
}

// enter puts one into the queue, behind those of its rank.
func (s *slots) enter(w *waiter) {
	at := slices.IndexFunc(s.queue, func(x *waiter) bool { return x.rank > w.rank })
	if at < 0 {
		at = len(s.queue)
	}
	s.queue = slices.Insert(s.queue, at, w)
}

// leave ends the waiting of one that does not want any more.
func (s *slots) leave(w *waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.grant != nil {
		s.putBack(w.grant)
	}
	s.queue = slices.DeleteFunc(s.queue, func(x *waiter) bool { return x == w })
	s.serve()
}

// give gives back what a node had. Those that follow are about to come; each takes, or says that it is gone.
func (s *slots) give(g *grant, follow ...*Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range follow {
		s.coming[n] = true
	}
	s.putBack(g)
	s.serve()
}

// gone says that a node comes no more.
func (s *slots) gone(n *Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.coming[n] {
		delete(s.coming, n)
		s.serve()
	}
}

// unclaimed is what is free, less the GPUs of those that are about to come.
func (s *slots) unclaimed() amounts {
	free := s.free
	for n := range s.coming {
		free[gpus] -= s.needs(n)[gpus]
	}
	return free
}

func (s *slots) putBack(g *grant) {
	for i, n := range g.need {
		s.free[i] += n
	}
	for _, d := range g.devices {
		s.devices[d] = false
	}
	for _, release := range g.release {
		release()
	}
}

// serve starts those of the queue that can start.
func (s *slots) serve() {
	free := s.unclaimed() // but what those before in the queue keep for themselves
	elsewhere := false
	for i := 0; i < len(s.queue) && free[places] > 0; {
		w := s.queue[i]
		fits := true
		for k, need := range w.need {
			if need > 0 && need > free[k] {
				w.scarce[k], fits = true, false
			}
		}
		var g *grant
		if fits {
			if g = s.claim(w); g == nil {
				w.scarce[gpus], fits, elsewhere = true, false, true
			}
		}
		for k, need := range w.need {
			if fits || w.scarce[k] {
				free[k] -= need
			}
		}
		if !fits {
			i++
			continue
		}
		s.start(w, g)
		s.queue = slices.Delete(s.queue, i, i+1)
	}
	s.watch(elsewhere)
}

// claim takes as many devices as one needs, that are free here and in other processes; nil where there are too few.
func (s *slots) claim(w *waiter) *grant {
	g := &grant{need: w.need}
	var held []string
	for d := 0; d < len(s.devices) && int64(len(g.devices)) < w.need[gpus]; d++ {
		if s.devices[d] {
			continue
		}
		if s.other != nil {
			release, holder, err := s.other.Try(d)
			switch {
			case err != nil:
				w.tell(Warned, fmt.Sprintf("whether another run uses the same GPU can't be told: %v; it takes it", err))
			case release == nil:
				held = append(held, holder)
				continue
			default:
				g.release = append(g.release, release)
			}
		}
		g.devices = append(g.devices, d)
	}
	if int64(len(g.devices)) == w.need[gpus] {
		return g
	}
	for _, release := range g.release {
		release()
	}
	w.tell(Waiting, strings.Join(held, ", "))
	return nil
}

// borrow adds a GPU to what a stage has that runs; ok is false where none is free here and in other processes, or where
// another stage waits for one. warn is told what goes wrong.
func (s *slots) borrow(g *grant, warn func(string)) (device int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	awaited := slices.ContainsFunc(s.queue, func(w *waiter) bool { return w.scarce[gpus] })
	if awaited || s.unclaimed()[gpus] < 1 {
		return 0, false
	}
	w := &waiter{need: amounts{gpus: 1}, news: make(chan news, 1)}
	lent := s.claim(w)
	if lent == nil {
		return 0, false
	}
	select {
	case x := <-w.news:
		warn(x.text)
	default:
	}
	device = lent.devices[0]
	s.free[gpus]--
	s.devices[device] = true
	g.need[gpus]++
	g.devices, g.release = append(g.devices, device), append(g.release, lent.release...)
	return device, true
}

// watch looks at the queue again in a while, where one of it waits for another process.
func (s *slots) watch(elsewhere bool) {
	if s.other == nil {
		return
	}
	s.other.Waiting(elsewhere)
	switch {
	case !elsewhere && s.again != nil:
		s.again.Stop()
		s.again = nil
	case elsewhere && s.again == nil:
		s.again = time.AfterFunc(lookAgain+rand.N(lookAgain/2), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.again = nil
			s.serve()
		})
	}
}

func (s *slots) start(w *waiter, g *grant) {
	for i, n := range w.need {
		s.free[i] -= n
	}
	for _, d := range g.devices {
		s.devices[d] = true
	}
	w.grant = g
	close(w.ready)
}
