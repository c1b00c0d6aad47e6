package dag

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/semaphore"
)

// slots are what stages share: places to work in, cores, memory and GPUs, and places to look for results in (which
// reads files, and so has a limit too, but must not wait for hours of somebody's work).
//
// A stage takes all it needs in one step, so none holds a part while it waits for the rest. Those that wait stand in a
// queue. One that finds too little of something keeps those behind it from taking of that until it has started, and from
// nothing else: so a stage that waits for a GPU does not keep others from the cores, and is not overtaken for ever.
// The first of the queue fits as soon as nothing runs: there is no deadlock.
type slots struct {
	looks *semaphore.Weighted
	all   amounts

	mu      sync.Mutex
	free    amounts
	devices []bool // of the GPUs: which are taken
	queue   []*waiter
}

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
	scarce [kinds]bool // there was too little of it once; those behind must not take of it
	grant  *grant
	ready  chan struct{} // closed once grant is there
}

// grant is what a stage has while it runs.
type grant struct {
	need    amounts
	devices []int
}

func (e *Engine) newSlots() *slots {
	all := amounts{places: int64(e.jobs()), cores: int64(e.workers()), memory: e.Memory, gpus: int64(e.GPUs)}
	return &slots{
		looks: semaphore.NewWeighted(int64(orCores(0))), all: all, free: all, devices: make([]bool, max(0, e.GPUs)),
	}
}

// needs is what a node takes. Of what there is too little of it takes all.
func (s *slots) needs(n *Node) amounts {
	need := amounts{places: 1, cores: int64(n.CPU), memory: n.Memory, gpus: int64(n.GPU)}
	for i := range need {
		need[i] = min(need[i], s.all[i])
	}
	return need
}

// take waits until what a node needs is free, and takes it. give gives it back.
func (s *slots) take(ctx context.Context, n *Node) (*grant, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{need: s.needs(n), ready: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, w)
	s.serve()
	s.mu.Unlock()
	select {
	case <-w.ready:
		return w.grant, nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if w.grant != nil {
			s.putBack(w.grant)
		}
		s.queue = slices.DeleteFunc(s.queue, func(x *waiter) bool { return x == w })
		s.serve()
		return nil, ctx.Err()
	}
}

func (s *slots) give(g *grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.putBack(g)
	s.serve()
}

func (s *slots) putBack(g *grant) {
	for i, n := range g.need {
		s.free[i] += n
	}
	for _, d := range g.devices {
		s.devices[d] = false
	}
}

// serve starts those of the queue that can start.
func (s *slots) serve() {
	free := s.free // but what those before in the queue keep for themselves
	for i := 0; i < len(s.queue) && free[places] > 0; {
		w := s.queue[i]
		fits := true
		for k, need := range w.need {
			if need > 0 && need > free[k] {
				w.scarce[k], fits = true, false
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
		s.start(w)
		s.queue = slices.Delete(s.queue, i, i+1)
	}
}

func (s *slots) start(w *waiter) {
	w.grant = &grant{need: w.need}
	for i, n := range w.need {
		s.free[i] -= n
	}
	for d := 0; d < len(s.devices) && int64(len(w.grant.devices)) < w.need[gpus]; d++ {
		if !s.devices[d] {
			s.devices[d] = true
			w.grant.devices = append(w.grant.devices, d)
		}
	}
	close(w.ready)
}
