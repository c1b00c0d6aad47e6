package dag

import (
	"context"
	"fmt"
	"strings"
)

// refresh makes the key of a stage that reads content from outside again, now that it is about to read it: it may have
// waited for hours since the first look.
func (r *runner) refresh(ctx context.Context, res *StageResult, id *identity) error {
	n := res.Node
	if _, ok := n.Stage.(External); !ok {
		return nil
	}
	now, err := r.identify(ctx, n, r.inputs(n), r.backend, r.Store.Files().Watch())
	if err != nil {
		return err
	}
	now.source = id.source
	*id, res.Key = now, now.key
	return nil
}

// unchanged says whether what a stage read from outside is still what it was at refresh. The files' stamps must be the
// same too: content that changed and changed back is not what the stage read in between.
func (r *runner) unchanged(ctx context.Context, n *Node, id identity) error {
	if _, ok := n.Stage.(External); !ok {
		return nil
	}
	now, err := r.identify(ctx, n, r.inputs(n), r.backend, r.Store.Files().Watch())
	if err != nil {
		return fmt.Errorf("looking again at what the stage read: %w", err)
	}
	var changed []string
	for _, name := range eitherKey(id.pre.Externals, now.pre.Externals) {
		if id.pre.Externals[name] != now.pre.Externals[name] {
			changed = append(changed, name)
		}
	}
	if file := now.seen.Changed(id.seen); file != "" {
		changed = append(changed, file)
	}
	if len(changed) == 0 {
		return nil
	}
	return fmt.Errorf("%s changed while the stage was reading it: run again", strings.Join(changed, ", "))
}
