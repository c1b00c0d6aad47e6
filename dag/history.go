package dag

import "context"

// before gives what the ports of n that take an earlier result (see Port.Previous) are filled with: of the stage
// connected to the other port, the newest result that is not the one it has now. So the work of one night has the same
// key however often it is run that night. What was taken away or damaged since is passed over.
func (e *Engine) before(ctx context.Context, g *Graph, n *Node, in Inputs) Inputs {
	var out Inputs
	for _, p := range n.Kind.In {
		now, connected := in.One(p.Previous)
		if p.Previous == "" || !connected || now.Digest == "" || len(n.In[p.Name]) > 0 {
			continue
		}
		history := e.Store.History(g.Name, n.In[p.Previous][0])
		for i := len(history) - 1; i >= 0; i-- {
			if history[i] == now.Digest {
				continue
			}
			dir, err := e.Store.Whole(ctx, history[i])
			if err != nil {
				continue
			}
			if out == nil {
				out = Inputs{}
			}
			out[p.Name] = []Artifact{{Type: p.Type, Digest: history[i], Dir: dir}}
			break
		}
	}
	return out
}

// remembered names the nodes whose earlier results some port takes.
func (g *Graph) remembered() map[string]bool {
	names := map[string]bool{}
	for _, n := range g.Nodes {
		for _, p := range n.Kind.In {
			if from := n.In[p.Previous]; p.Previous != "" && len(from) > 0 {
				names[from[0]] = true
			}
		}
	}
	return names
}

// remember notes the result of a stage for the runs to come.
func (r *runner) remember(ctx context.Context, res *StageResult) error {
	if !r.remembered[res.Node.Name] {
		return nil
	}
	return r.Store.AddHistory(ctx, r.g.Name, res.Node.Name, res.Artifact.Digest)
}
