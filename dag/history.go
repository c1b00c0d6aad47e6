package dag

import (
	"context"
	"fmt"
	"maps"

	"fashionpipe/dag/store"
)

// before gives what the ports of n that take an earlier result (see Port.Previous) are filled with. The first of them
// decides which run is looked back to: the newest in which the stage connected to its other port gave another result than
// it has now. So the work of one night has the same key however often it is run that night. The others get what there was
// in that run, also if it is the same still. What was taken away or damaged since is passed over, and warn is told.
func (e *Engine) before(ctx context.Context, g *Graph, n *Node, in Inputs, warn func(string)) Inputs {
	own := Inputs{}
	var out Inputs    // of the ports that look back to one run
	var of store.Gave // the entry that decides which
	for _, p := range n.Kind.In {
		now, connected := in.One(p.Previous)
		if !takesPrevious(n, p) || !connected || now.Digest == "" {
			continue
		}
		if p.Own {
			e.own(ctx, g, n, p, now, own, warn)
			continue
		}
		first := out == nil
		art, entry := e.newest(ctx, e.Store.History(g.Name, n.In[p.Previous][0]), func(h store.Gave) bool {
			return first && h.Artifact != now.Digest || !first && !of.Before(h)
		}, func(err error) {
			warn(fmt.Sprintf("what %s gave before is passed over: %v", n.In[p.Previous][0], err))
		})
		if art.Digest == "" {
			if first {
				return own
			}
			continue
		}
		if first {
			out, of = Inputs{}, entry
		}
		art.Type = p.Type
		out[p.Name] = []Artifact{art}
	}
	maps.Copy(own, out)
	return own
}

// takesPrevious says whether the engine fills a port.
func takesPrevious(n *Node, p Port) bool {
	if p.Previous == "" || len(n.In[p.Name]) > 0 || len(n.In[p.Previous]) == 0 {
		return false
	}
	r, ok := n.Stage.(Remembering)
	return !ok || r.WantsPrevious(p.Name)
}

// own fills a port with what the stage itself gave before its input, now, came.
func (e *Engine) own(ctx context.Context, g *Graph, n *Node, p Port, now Artifact, in Inputs, warn func(string)) {
	var came *store.Gave // the input, by the run that brought it; nil if that has yet to be noted
	if h := e.Store.History(g.Name, n.In[p.Previous][0]); len(h) > 0 && h[len(h)-1].Artifact == now.Digest {
		came = &h[len(h)-1]
	}
	art, _ := e.newest(ctx, e.Store.History(g.Name, n.Name), func(h store.Gave) bool {
		return came == nil || h.Before(*came)
	}, func(err error) { warn(fmt.Sprintf("what %s gave before is passed over: %v", n.Name, err)) })
	if art.Digest != "" {
		art.Type = p.Type
		in[p.Name] = []Artifact{art}
	}
}

// newest finds the last entry of a history that is wanted and whole.
func (e *Engine) newest(ctx context.Context, history []store.Gave, wanted func(store.Gave) bool, bad func(error)) (Artifact, store.Gave) {
	for i := len(history) - 1; i >= 0; i-- {
		if !wanted(history[i]) {
			continue
		}
		dir, err := e.Store.Whole(ctx, history[i].Artifact)
		if err == nil {
			return Artifact{Digest: history[i].Artifact, Dir: dir}, history[i]
		}
		bad(err)
	}
	return Artifact{}, store.Gave{}
}

// remembered names the nodes whose earlier results some port takes.
func (g *Graph) remembered() map[string]bool {
	names := map[string]bool{}
	for _, n := range g.Nodes {
		for _, p := range n.Kind.In {
			if takesPrevious(n, p) {
				names[n.In[p.Previous][0]] = true
				names[n.Name] = names[n.Name] || p.Own
			}
		}
	}
	return names
}

// turn is that of a run which begins now: higher than any that the remembered nodes have.
func (e *Engine) turn(g *Graph, remembered map[string]bool) int {
	last := 0
	for name, is := range remembered {
		if h := e.Store.History(g.Name, name); is && len(h) > 0 {
			last = max(last, h[len(h)-1].Turn)
		}
	}
	return last + 1
}

// remember notes the result of a stage for the runs to come.
func (r *runner) remember(ctx context.Context, res *StageResult) error {
	if !r.remembered[res.Node.Name] {
		return nil
	}
	return r.Store.AddHistory(ctx, r.g.Name, res.Node.Name, store.Gave{Artifact: res.Artifact.Digest, Run: r.rec.run.ID, Turn: r.turn})
}
