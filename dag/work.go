package dag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"fashionpipe/dag/store"
)

// work serves the result of a stage from the store, or runs the stage. Places to work in are never held while waiting
// for another process.
func (r *runner) work(ctx context.Context, res *StageResult) error {
	n := res.Node
	forced := slices.Contains(r.o.Force, n.Name)
	id, err := r.look(ctx, res, forced)
	if err != nil || res.State == StateCached {
		return err
	}
	for {
		mine, err := r.slots.take(ctx, n, func(what What, text string) {
			r.rec.emit(Event{Stage: n.Name, What: what, Text: text})
		})
		if err != nil {
			return err
		}
		res.grant = mine
		done, err := r.tryLead(ctx, res, &id, forced)
		var follow []*Node
		if done && len(mine.devices) > 0 {
			follow = r.following(n)
		}
		r.slots.give(mine, follow...)
		if err != nil || done {
			return err
		}
		r.rec.emit(Event{Stage: n.Name, What: Waiting, Text: r.Store.LeaseHolder(id.key) + " does the same work"})
		if err := r.Store.WaitLease(ctx, id.key); err != nil {
			return err
		}
	}
}

// following lists the nodes that wait for nothing but the result of n.
func (r *runner) following(n *Node) (all []*Node) {
	for _, f := range r.nodes {
		in := f.Inputs()
		waits := func(name string) bool { return name != n.Name && !closed(r.done[name]) }
		if slices.Contains(in, n.Name) && closed(r.fetched[f.Name]) && !slices.ContainsFunc(in, waits) {
			all = append(all, f)
		}
	}
	return all
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// tryLead does the work, unless another worker holds its lease. The caller holds a place to work in.
func (r *runner) tryLead(ctx context.Context, res *StageResult, id *identity, forced bool) (done bool, err error) {
	if err := r.refresh(ctx, res, id); err != nil {
		return false, err
	}
	lease, ok, err := r.Store.TryLease(id.key)
	if err != nil || !ok {
		return false, err
	}
	defer lease.Release()
	return true, r.lead(ctx, res, *id, lease, forced)
}

// look makes the key of a stage and takes its result from the store if it is there (then res is StateCached).
func (r *runner) look(ctx context.Context, res *StageResult, forced bool) (id identity, err error) {
	n := res.Node
	if err := r.slots.looks.Acquire(ctx, 1); err != nil {
		return id, err
	}
	defer r.slots.looks.Release(1)
	res.before = r.before(ctx, r.g, n, r.inputs(n), func(text string) {
		r.rec.emit(Event{Stage: n.Name, What: Warned, Text: text})
	}) // once: another run may add to it meanwhile
	in := r.inputs(n)
	if id, err = r.identify(ctx, n, in, r.backend, r.Store.Files()); err != nil {
		return id, err
	}
	if err := id.locate(n, in); err != nil {
		return id, err
	}
	res.Key = id.key
	if forced {
		return id, nil
	}
	hit, miss := r.Store.Lookup(ctx, id.key)
	if miss == nil {
		return id, r.serve(ctx, res, id, hit)
	}
	var damaged *store.DamagedError
	if errors.As(miss, &damaged) {
		r.rec.emit(Event{Stage: n.Name, What: Warned, Text: damaged.Error() + ": the stage runs again"})
	}
	return id, ctx.Err()
}

// serve makes a result of the store that of the stage.
func (r *runner) serve(ctx context.Context, res *StageResult, id identity, hit *store.Hit) error {
	if len(hit.Record.Notes) > 0 {
		if err := json.Unmarshal(hit.Record.Notes, &res.Notes); err != nil {
			return fmt.Errorf("reading the notes of record %s: %w", id.key.Short(), err)
		}
	}
	for i := range res.Notes {
		r.rec.emit(Event{Stage: res.Node.Name, What: Noted, Note: &res.Notes[i]})
	}
	res.State, res.Saved, res.Took = StateCached, hit.Record.Took, time.Since(res.Started)
	r.settle(ctx, res, id, hit)
	return nil
}

// settle fills in what is known of a stage once its result is in the store.
func (r *runner) settle(ctx context.Context, res *StageResult, id identity, hit *store.Hit) {
	res.Artifact = artifactOf(res.Node, hit, id.source)
	res.Bytes, res.Files = hit.Record.Bytes, len(hit.Record.Files)
	last := store.Last{Experiment: r.g.Name, Stage: res.Node.Name, Key: id.key, Preimage: hit.Record.Preimage}
	if err := r.Store.SetLast(last); err != nil {
		r.rec.emit(Event{Stage: res.Node.Name, What: Warned, Text: err.Error()})
	}
	err := errors.Join(r.remember(context.WithoutCancel(ctx), res), r.joinFamily(context.WithoutCancel(ctx), res, id))
	if err != nil {
		r.rec.emit(Event{Stage: res.Node.Name, What: Warned, Text: err.Error()})
	}
}

// lead does the work as the holder of its lease, unless another did it since the first look.
func (r *runner) lead(ctx context.Context, res *StageResult, id identity, lease *store.Lease, forced bool) error {
	var miss error
	if !forced {
		hit, err := r.Store.Lookup(ctx, id.key)
		if err == nil {
			return r.serve(ctx, res, id, hit)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		miss = err
	} else if err := lease.ClearScratch(); err != nil {
		return err
	}
	res.Reason = r.why.why(ctx, res.Node, id, miss)
	res.Started = time.Now()
	r.rec.emit(Event{Stage: res.Node.Name, What: Started, Reason: res.Reason})
	notes, err := r.runStage(ctx, res, lease, r.previous(ctx, res, id, forced))
	if err != nil {
		return err
	}
	if err := r.unchanged(ctx, res.Node, id); err != nil {
		return errors.Join(err, lease.ClearScratch()) // what it keeps for resuming is of two contents
	}
	return r.publish(ctx, res, id, lease, notes)
}

// runStage calls the stage and checks what it wrote.
func (r *runner) runStage(ctx context.Context, res *StageResult, lease *store.Lease, before []Previous) ([]Note, error) {
	n := res.Node
	rep := newReporter(n.Name, r.rec.emit)
	t := &Task{
		In: r.inputs(n), Out: lease.Out, Scratch: lease.Scratch, Workers: r.workersFor(n), Files: r.Store.Files(), Report: rep,
		Devices: res.grant.devices, Previous: before,
	}
	if r.mayBorrow(n) {
		t.Borrow = func() (int, bool) {
			return r.slots.borrow(res.grant, func(text string) { r.rec.emit(Event{Stage: n.Name, What: Warned, Text: text}) })
		}
	}
	if usesSeed(n.Stage) {
		t.Seed = n.Seed
	}
	if usesBackend(n.Stage) || offloads(n.Stage) {
		t.Backend = r.Backend
	}
	err := guard(func() error { return n.Stage.Run(ctx, t) })
	notes := rep.close()
	if err == nil {
		// A stage that was told to stop may have left its work half done without saying so.
		err = ctx.Err()
	}
	if err == nil {
		if err = guard(func() error { return n.check(t.Out) }); err != nil {
			err = fmt.Errorf("what it wrote is not whole: %w", err)
		}
	}
	return notes, r.Store.Explain(err)
}

// check says whether a folder is a whole artifact of the node.
func (n *Node) check(dir string) error {
	if n.Kind.Check != nil {
		if err := n.Kind.Check(dir); err != nil {
			return err
		}
	}
	if c, ok := n.Stage.(Checker); ok {
		return c.Check(dir)
	}
	return nil
}

// publish puts what the stage wrote into the store.
func (r *runner) publish(ctx context.Context, res *StageResult, id identity, lease *store.Lease, notes []Note) error {
	pre, err := json.Marshal(id.pre)
	if err != nil {
		return err
	}
	said, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	before, beforeErr := r.Store.Record(id.key)
	res.Took = time.Since(res.Started)
	hit, err := lease.Publish(ctx, &store.Record{
		Preimage: pre, Kind: res.Node.Kind.Name, Type: string(res.Node.Out()), Notes: said,
		Started: res.Started, Took: res.Took, Tool: r.Version,
	})
	if err != nil {
		return err
	}
	if beforeErr == nil && before.Artifact != hit.Record.Artifact {
		r.rec.emit(Event{Stage: res.Node.Name, What: Warned, Text: fmt.Sprintf(
			"not reproducible: the same work gave %s before and %s now", before.Artifact.Short(), hit.Record.Artifact.Short())})
	}
	res.State, res.Notes = StateRan, notes
	r.settle(ctx, res, id, hit)
	return nil
}

func (r *runner) inputs(n *Node) Inputs {
	in := inputsOf(n, func(name string) Artifact { return r.results[name].Artifact })
	maps.Copy(in, r.results[n.Name].before)
	return in
}
