package dag

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// elsewhere is other processes: the devices they have, by who has them, and those that this one took.
type elsewhere struct {
	mu      sync.Mutex
	holders map[int]string
	mine    map[int]bool
	waiting bool
	err     error
}

func (o *elsewhere) Try(device int) (func(), string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.holders[device] != "" || o.err != nil {
		return nil, o.holders[device], o.err
	}
	o.mine[device] = true
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.mine, device)
	}, "", nil
}

func (o *elsewhere) Waiting(yes bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = yes
}

// set says who has a device; "" for nobody.
func (o *elsewhere) set(device int, holder string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.holders[device] = holder
}

func (o *elsewhere) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return fmt.Sprint(len(o.mine), " taken, waiting ", o.waiting)
}

func newElsewhere(holders map[int]string) *elsewhere {
	return &elsewhere{holders: holders, mine: map[int]bool{}}
}

// becomes waits for what follows in the background.
func (o *elsewhere) becomes(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); o.String() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v, want %s", o, want)
		}
	}
}

// taken takes for a node in the background, and gives what was told meanwhile.
func taken(ctx context.Context, s *slots, n *Node) (told chan string, end chan error, got func() *grant) {
	told, end = make(chan string, 100), make(chan error, 1)
	var g *grant
	go func() {
		var err error
		g, err = s.take(ctx, n, func(what What, text string) { told <- fmt.Sprint(what, ": ", text) })
		end <- err
	}()
	return told, end, func() *grant { return g }
}

func next[T any](t *testing.T, c chan T) (x T) {
	t.Helper()
	select {
	case x = <-c:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing comes")
	}
	return x
}

// TestGPUOfAnotherProcess has a stage wait for two GPUs of which another process has one: it must hold nothing meanwhile,
// say who has it, and begin when the other is done.
func TestGPUOfAnotherProcess(t *testing.T) {
	o := newElsewhere(map[int]string{1: "anna has GPU 1"})
	s := (&Engine{Jobs: 1, Workers: 2, GPUs: 2, Devices: o}).newSlots(nil)
	told, end, got := taken(t.Context(), s, &Node{GPU: 2, CPU: 2})
	if text := next(t, told); text != "waiting: anna has GPU 1" {
		t.Error(text)
	}
	if o.String() != "0 taken, waiting true" {
		t.Errorf("while it waits: %v", o)
	}
	g, err := s.take(t.Context(), &Node{CPU: 2}, nil) // what it needs of the rest is free meanwhile
	if err != nil {
		t.Fatal(err)
	}
	s.give(g)
	o.set(0, "ben has GPU 0")
	if text := next(t, told); text != "waiting: ben has GPU 0, anna has GPU 1" {
		t.Error(text)
	}
	o.set(0, "")
	o.set(1, "")
	if err := next(t, end); err != nil || fmt.Sprint(got().devices) != "[0 1]" {
		t.Errorf("%v, %v, %v", err, got(), o)
	}
	o.becomes(t, "2 taken, waiting false")
	s.give(got())
	o.becomes(t, "0 taken, waiting false")
}

func TestStoppedWhileAnotherProcessHasTheGPU(t *testing.T) {
	o := newElsewhere(map[int]string{0: "anna has GPU 0"})
	s := (&Engine{Jobs: 1, Workers: 2, GPUs: 1, Devices: o}).newSlots(nil)
	ctx, cancel := context.WithCancel(t.Context())
	told, end, _ := taken(ctx, s, &Node{GPU: 1})
	next(t, told)
	cancel()
	err := next(t, end)
	o.becomes(t, "0 taken, waiting false")
	if !errors.Is(err, context.Canceled) || s.free != s.all || len(s.queue) > 0 {
		t.Errorf("%v, %v, %v of %v, %d wait", err, o, s.free, s.all, len(s.queue))
	}
}

// TestBorrow wants a GPU to be lent only where nobody has it and nobody waits for it, and to be given back.
func TestBorrow(t *testing.T) {
	o := newElsewhere(map[int]string{1: "anna has GPU 1"})
	s := (&Engine{Jobs: 4, Workers: 2, GPUs: 2, Devices: o}).newSlots(nil)
	take := func() *grant {
		g, err := s.take(t.Context(), &Node{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	borrows := func(g *grant, want string) {
		t.Helper()
		warned := ""
		device, ok := s.borrow(g, func(text string) { warned = text })
		if got := fmt.Sprintf("%d %t %s", device, ok, warned); !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	a, b := take(), take()
	borrows(a, "0 true")
	borrows(b, "0 false") // GPU 1 is another process's, which nobody here waits for
	if o.String() != "1 taken, waiting false" {
		t.Error(o)
	}
	s.give(a)
	told, end, got := taken(t.Context(), s, &Node{GPU: 2})
	next(t, told)
	borrows(b, "0 false") // GPU 0 is free, but one waits for both
	o.set(1, "")
	if err := next(t, end); err != nil {
		t.Fatal(err)
	}
	s.give(got())
	o.becomes(t, "0 taken, waiting false")
	o.err = errors.New("/locks: permission denied")
	borrows(b, "0 true whether another run uses the same GPU can't be told: /locks: permission denied")
	s.give(b)
	if s.free != s.all {
		t.Errorf("%v of %v", s.free, s.all)
	}
}

// TestGPUsThatCannotBeShared wants a stage to run with a warning where the folder of the locks is of no use.
func TestGPUsThatCannotBeShared(t *testing.T) {
	o := newElsewhere(nil)
	o.err = errors.New("/locks: permission denied")
	s := (&Engine{Jobs: 1, Workers: 2, GPUs: 1, Devices: o}).newSlots(nil)
	told, end, got := taken(t.Context(), s, &Node{GPU: 1})
	if err := next(t, end); err != nil || fmt.Sprint(got().devices) != "[0]" {
		t.Error(err, got())
	}
	if text := next(t, told); !strings.HasPrefix(text, "warning: whether another run uses the same GPU can't be told: /locks: permission denied") {
		t.Error(text)
	}
}
