package dag

import (
	"context"
	"encoding/json"
	"maps"
)

// Incremental is implemented by a stage that can take over parts of an earlier result: its rows come one by one from
// the content of one port, so that rows whose content is as before needn't be worked out again. The rule for every stage
// holds all the same: what it writes must be the same bytes as without any earlier result. A forced stage gets none,
// which tests just that.
type Incremental interface {
	// ReusePort names the port whose content may be another than that of the earlier results. All else that the key
	// is made of is equal: kind, version, parameters, other inputs, externals, backend, seed.
	ReusePort() string
}

// Previous is an earlier result of an Incremental stage. It is whole (its bytes are those that were written), but may be
// taken away while the stage looks at it: a stage that can't read it goes on without.
type Previous struct {
	Artifact Artifact
	In       []Artifact // what was connected to the reuse port then; Source is "": only the content is known to be there
}

// family is the key of a stage's work without the content of its reuse port; "" where the stage is not Incremental.
func family(n *Node, pre Preimage) Digest {
	inc, ok := n.Stage.(Incremental)
	if !ok {
		return ""
	}
	pre.Inputs = maps.Clone(pre.Inputs)
	delete(pre.Inputs, inc.ReusePort())
	return Key(pre)
}

// joinFamily remembers a result for later ones to take over from.
func (r *runner) joinFamily(ctx context.Context, n *Node, id identity) error {
	if f := family(n, id.pre); f != "" {
		return r.Store.JoinFamily(ctx, f, id.key)
	}
	return nil
}

// previous gives the earlier results of a stage's family that are there and whole.
func (r *runner) previous(ctx context.Context, n *Node, id identity, forced bool) []Previous {
	f := family(n, id.pre)
	if f == "" || forced {
		return nil
	}
	var out []Previous
	for _, key := range r.Store.Family(f) {
		if key == id.key { // its artifact was damaged or taken away: that is why the stage runs
			continue
		}
		if p, ok := r.earlier(ctx, n, key); ok {
			out = append(out, p)
		}
	}
	return out
}

// earlier finds one earlier result and what it was made from.
func (r *runner) earlier(ctx context.Context, n *Node, key Digest) (Previous, bool) {
	hit, err := r.Store.Lookup(ctx, key)
	if err != nil {
		return Previous{}, false
	}
	var pre Preimage
	if json.Unmarshal(hit.Record.Preimage, &pre) != nil {
		return Previous{}, false
	}
	p := Previous{Artifact: artifactOf(n, hit, "")}
	port := n.Stage.(Incremental).ReusePort()
	for _, d := range pre.Inputs[port] {
		dir, err := r.Store.Whole(ctx, d)
		if err != nil {
			return Previous{}, false
		}
		p.In = append(p.In, Artifact{Type: portType(n.Kind, port), Digest: d, Dir: dir})
	}
	return p, len(p.In) > 0
}

func portType(k *Kind, port string) Type {
	for _, p := range k.In {
		if p.Name == port {
			return p.Type
		}
	}
	return ""
}
