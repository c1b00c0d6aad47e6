package dag

import (
	"sync"
	"time"
)

// tickEvery is the least time between two progress events of a stage.
const tickEvery = 50 * time.Millisecond

// reporter collects what a stage says. A goroutine of its own sends the progress on, so that calls from hot loops cost
// next to nothing and the last state always gets out.
type reporter struct {
	stage string
	emit  func(Event)

	mu    sync.Mutex
	now   Event // the progress so far
	fresh bool  // now has not been sent yet
	notes []Note

	quit, gone chan struct{}
}

func newReporter(stage string, emit func(Event)) *reporter {
	r := &reporter{stage: stage, emit: emit, quit: make(chan struct{}), gone: make(chan struct{})}
	r.now = Event{Stage: stage, What: Progress, Total: -1}
	go r.loop()
	return r
}

func (r *reporter) loop() {
	defer close(r.gone)
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			r.flush()
		case <-r.quit:
			r.flush()
			return
		}
	}
}

func (r *reporter) flush() {
	r.mu.Lock()
	ev, fresh := r.now, r.fresh
	r.fresh = false
	r.mu.Unlock()
	if fresh {
		r.emit(ev)
	}
}

// close sends the last progress and gives the notes.
func (r *reporter) close() []Note {
	close(r.quit)
	<-r.gone
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.notes
}

func (r *reporter) Start(total int, unit string) {
	r.flush() // how the phase before ended
	r.change(func(ev *Event) { ev.Done, ev.Total, ev.Unit, ev.Live = 0, total, unit, "" })
}

func (r *reporter) Add(n int) { r.change(func(ev *Event) { ev.Done += n }) }

func (r *reporter) Live(text string) { r.change(func(ev *Event) { ev.Live = text }) }

func (r *reporter) change(f func(*Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.now)
	r.fresh = true
}

func (r *reporter) Note(n Note) {
	r.mu.Lock()
	r.notes = append(r.notes, n)
	r.mu.Unlock()
	r.emit(Event{Stage: r.stage, What: Noted, Note: &n})
}

func (r *reporter) Say(text string) { r.emit(Event{Stage: r.stage, What: Said, Text: text}) }
