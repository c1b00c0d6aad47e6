package dag

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// RunOptions say what to run and how.
type RunOptions struct {
	Force      []string // stages to run even if their results are there, from nothing (no resuming)
	Only       []string // run these stages and what they need; all if empty
	Experiment []byte   // the resolved experiment, kept with the run
	FailFast   bool     // end the run at the first failure: stages that still work are stopped, and count as skipped
}

// errFailFast is the cause of a cancelled context where a stage failed and RunOptions.FailFast is set.
var errFailFast = errors.New("another stage failed")

// runner is one run.
type runner struct {
	*Engine
	g       *Graph
	why     *reasons
	o       RunOptions
	rec     *recorder
	slots   *slots
	backend func() (string, error)
	stop    context.CancelCauseFunc
	fetches singleflight.Group

	nodes      []*Node
	results    map[string]*StageResult
	remembered map[string]bool          // nodes whose results later runs ask for
	turn       int                      // see store.Gave
	fetched    map[string]chan struct{} // closed when what the node reads from outside was brought
	done       map[string]chan struct{} // closed when the node's result is final
}

// Run runs the graph, or the part of it that o asks for, serving from the store what is there. It returns when nothing
// of it runs any more, also when ctx ends. The error tells why there could be no run at all; how the stages and the run
// ended is in the Summary (see Summary.Status and Summary.Err).
func (e *Engine) Run(ctx context.Context, g *Graph, o RunOptions) (*Summary, error) {
	nodes, err := selectNodes(g, o)
	if err != nil {
		return nil, err
	}
	if err := e.ready(ctx, g, nodes, o); err != nil {
		return nil, err
	}
	rec, err := e.newRecorder(g, nodes, o.Experiment)
	if err != nil {
		return nil, err
	}
	runCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &runner{
		Engine: e, g: g, why: e.reasons(g), o: o, rec: rec, backend: e.backendClass(), stop: stop, nodes: nodes, slots: e.newSlots(nodes),
		remembered: g.remembered(), results: map[string]*StageResult{}, fetched: map[string]chan struct{}{},
		done: map[string]chan struct{}{},
	}
	r.turn = e.turn(g, r.remembered)
	for _, n := range nodes {
		r.results[n.Name] = &StageResult{Node: n}
		r.fetched[n.Name], r.done[n.Name] = make(chan struct{}), make(chan struct{})
	}
	r.warnOfResources()
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(func() {
			defer close(r.done[n.Name])
			r.node(runCtx, r.results[n.Name])
		})
	}
	wg.Wait()
	return r.finish(ctx), nil
}

// ready gathers what keeps stages that are to work from it, whatever their inputs; variants of a stage say the same once.
func (e *Engine) ready(ctx context.Context, g *Graph, nodes []*Node, o RunOptions) error {
	wrong := map[string]error{}
	for _, n := range nodes {
		if err := unready(n); err != nil {
			wrong[n.Name] = err
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	plan, err := e.foresee(ctx, g, o) // a stage whose result is there needs nothing
	if err != nil {
		return err
	}
	var errs []error
	said := map[string]bool{}
	for _, s := range plan.Stages {
		err := wrong[s.Node.Name]
		if err == nil || s.Outlook != CannotRun {
			continue
		}
		err = fmt.Errorf("stage %s can't run: %w", cmp.Or(s.Node.Base, s.Node.Name), err)
		if !said[err.Error()] {
			errs = append(errs, err)
		}
		said[err.Error()] = true
	}
	return errors.Join(errs...)
}

// unready says why a node can't work, if it can tell.
func unready(n *Node) error {
	r, ok := n.Stage.(Readier)
	if !ok {
		return nil
	}
	return guard(r.Ready)
}

// node fetches what a node needs from outside, waits for its inputs and brings its result to a final state.
func (r *runner) node(ctx context.Context, res *StageResult) {
	defer r.slots.gone(res.Node)
	err := r.fetch(ctx, res.Node)
	close(r.fetched[res.Node.Name])
	if err == nil {
		for _, from := range res.Node.Inputs() {
			<-r.done[from]
		}
	}
	r.conclude(ctx, res, err)
	r.rec.stage(res)
	r.drainWarnings()
}

// conclude works on a node whose inputs are final, or ends it where err says that what it needs can't be had.
func (r *runner) conclude(ctx context.Context, res *StageResult, err error) {
	if err == nil && r.skipped(res) {
		return
	}
	res.Started = time.Now()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = r.work(ctx, res)
	}
	stopped := errors.Is(context.Cause(ctx), errFailFast)
	switch {
	case err == nil:
		r.reportDone(res)
	case stopped && (errors.Is(err, context.Canceled) || errors.Is(err, errFailFast)): // either ctx's error or its cause
		r.skip(res, "", errFailFast.Error())
	case ctx.Err() != nil && !stopped: // if stopped, it has failed by itself too
		res.State, res.Err = StateInterrupted, err
		r.rec.emit(Event{Stage: res.Node.Name, What: Interrupted})
	default:
		r.fail(res, err)
	}
}

// skipped ends a node of which an input has no result.
func (r *runner) skipped(res *StageResult) bool {
	for _, from := range res.Node.Inputs() {
		switch before := r.results[from]; before.State {
		case StateFailed:
			r.skip(res, from, from+" failed")
			return true
		case StateSkipped:
			r.skip(res, before.Cause, before.Reason)
			return true
		}
	}
	return false
}

// skip ends a node that is not worked on (any further); cause is the failed stage that it needs, if that is why.
func (r *runner) skip(res *StageResult, cause, reason string) {
	res.State, res.Cause, res.Reason = StateSkipped, cause, reason
	r.rec.emit(Event{Stage: res.Node.Name, What: Skipped, Reason: reason})
}

func (r *runner) fail(res *StageResult, err error) {
	res.State, res.Err, res.Took = StateFailed, err, time.Since(res.Started)
	ev := Event{Stage: res.Node.Name, What: Failed, Err: err, Took: res.Took}
	var p *PanicError
	if errors.As(err, &p) {
		ev.Text = p.Stack
	}
	r.rec.emit(ev)
	if r.o.FailFast {
		r.stop(errFailFast)
	}
}

func (r *runner) reportDone(res *StageResult) {
	what, took := Finished, res.Took
	if res.State == StateCached {
		what, took = Cached, res.Saved
	}
	r.rec.emit(Event{Stage: res.Node.Name, What: what, Took: took, Digest: res.Artifact.Digest, Bytes: res.Bytes})
}

// finish makes the summary and ends the record.
func (r *runner) finish(ctx context.Context) *Summary {
	if err := r.Store.Files().Save(context.WithoutCancel(ctx)); err != nil {
		r.rec.emit(Event{What: Warned, Text: err.Error()})
	}
	r.drainWarnings()
	s := &Summary{RunID: r.rec.run.ID, RunDir: r.rec.run.Dir, Took: time.Since(r.rec.doc.Started)}
	for _, n := range r.nodes {
		res := *r.results[n.Name]
		s.Stages = append(s.Stages, res)
		for _, note := range res.Notes {
			if note.Level == Gate && !slices.Contains(n.Allow, note.Name) {
				s.Gates = append(s.Gates, GateFailure{Stage: n.Name, Note: note})
			}
		}
	}
	switch {
	case s.Count(StateInterrupted) > 0:
		s.Status = StatusInterrupted
	case s.Count(StateFailed) > 0:
		s.Status = StatusFailed
	case len(s.Gates) > 0:
		s.Status = StatusGate
	default:
		s.Status = StatusOK
	}
	r.rec.close(s.Status)
	return s
}

// drainWarnings tells what the store has to say, which is about no stage.
func (r *runner) drainWarnings() {
	for _, w := range r.Store.Warnings() {
		r.rec.emit(Event{What: Warned, Text: w})
	}
}
