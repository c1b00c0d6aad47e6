package dag

import (
	"context"
	"strings"
)

// Fetcher is implemented by a stage that reads content which may have to be brought to this machine first: weights on a
// hub. A run brings it at its start, beside the stages that this one needs, and makes the key from what came (see
// External); a plan only says what is missing.
type Fetcher interface {
	// Missing names what is to be brought, "" if all is there: the same name in two stages is the same thing, which is
	// brought once. It is quick and asks no network. An error is that something is missing and can't be brought.
	Missing() (string, error)
	// Fetch brings it. What it brought stays when ctx ends in its middle, to go on from.
	Fetch(ctx context.Context, report Reporter) error
}

// missing asks a node's stage what is to be brought.
func missing(n *Node) (what string, err error) {
	f, ok := n.Stage.(Fetcher)
	if !ok {
		return "", nil
	}
	err = guard(func() (err error) {
		what, err = f.Missing()
		return err
	})
	return what, err
}

// fetch brings what a node's stage needs from outside. Nodes that need the same, as variants of a sweep do, have it brought
// once: what it is called is all that they compare.
func (r *runner) fetch(ctx context.Context, n *Node) error {
	what, err := missing(n)
	if err != nil || what == "" {
		return err
	}
	_, err, _ = r.fetches.Do(what, func() (any, error) { return nil, r.bring(ctx, n) })
	return err
}

func (r *runner) bring(ctx context.Context, n *Node) error {
	if err := ctx.Err(); err != nil { // another began it, and was stopped
		return err
	}
	what, err := missing(n) // again: it may have just been brought for another
	if err != nil || what == "" {
		return err
	}
	r.rec.emit(Event{Stage: n.Name, What: Fetching, Text: what})
	rep := newReporter(n.Name, r.rec.emit)
	err = guard(func() error { return n.Stage.(Fetcher).Fetch(ctx, rep) })
	rep.close()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err == nil {
		r.rec.emit(Event{Stage: n.Name, What: Fetched, Text: what})
	}
	return err
}

// planFetch says in a plan that something is to be brought first; only what comes decides whether the stage runs. It gives
// false where nothing is missing.
func (p *planner) planFetch(n *Node, s *PlannedStage, first []string) bool {
	what, err := missing(n)
	switch {
	case err != nil:
		s.Outlook, s.Err = CannotRun, err
	case what != "":
		s.Outlook = MayRun
		p.expect(s)
		s.Reason = strings.Join(append([]string{what + " is to be downloaded"}, after(p.why, first)...), ", ")
	default:
		return false
	}
	return true
}

// after names the inputs that run first, if any do.
func after(w *reasons, first []string) []string {
	if len(first) == 0 {
		return nil
	}
	return []string{"after " + listSome(w.bases(first))}
}
