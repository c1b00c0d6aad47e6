package dag

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"fashionpipe/dag/store"
)

// Incremental is implemented by a stage that can take over parts of an earlier result: its rows come one by one from
// the content of one port, so that rows whose content is as before needn't be worked out again. The rule for every stage
// holds all the same: what it writes must be the same bytes as without any earlier result. A forced stage gets none,
// which tests just that.
type Incremental interface {
	// ReusePort names the port whose content may be another than that of the earlier results. All else that the key
	// is made of is equal: kind, version, parameters, other inputs, externals, backend, seed.
	ReusePort() string
	// Pieces calls each with what an artifact at that port consists of: two artifacts from which rows can be taken over
	// have such pieces in common. It decides only which earlier results are looked at, so it should take a small part of
	// the time that the work takes, and bytes that are nearly sure to be of one piece only will do.
	Pieces(ctx context.Context, in Artifact, each func([]byte)) error
}

// Of each stage of each experiment the last ownRelatives results of a family are known, whatever else there is; of all
// together the last allRelatives, for stages that are new or get something else than the last time.
const (
	ownRelatives = 3
	allRelatives = 128
)

// A stage gets at most mostPrevious earlier results, and no more than enoughPrevious of which each adds nothing that is
// known of to the ones before. At most mostTries are looked for: one may be gone, or its bytes must be read.
const (
	enoughPrevious = 3
	mostPrevious   = 8
	mostTries      = 24
)

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

// ownList is the key of what one stage of an experiment gave of a family.
func ownList(family Digest, experiment, stage string) Digest {
	w := keyWriter{}
	for _, t := range []string{"pipe relatives", string(family), experiment, stage} {
		w.text(t)
	}
	sum := sha256.Sum256(w)
	return Digest(hex.EncodeToString(sum[:]))
}

// joinFamily remembers a result for later ones to take over from.
func (r *runner) joinFamily(ctx context.Context, res *StageResult, id identity) error {
	f := family(res.Node, id.pre)
	if f == "" {
		return nil
	}
	own := ownList(f, r.g.Name, res.Node.Name)
	if had := r.Store.Family(own); len(had) > 0 && had[0].Key == id.key {
		return nil
	}
	m := store.Member{Key: id.key, Sketch: r.sketch(ctx, res)}
	if err := r.Store.JoinFamily(ctx, f, m, allRelatives); err != nil {
		return err
	}
	return r.Store.JoinFamily(ctx, own, m, ownRelatives)
}

// sketch makes the sketch of what is connected to the reuse port, once.
func (r *runner) sketch(ctx context.Context, res *StageResult) []uint32 {
	if res.sketch == nil {
		inc := res.Node.Stage.(Incremental)
		res.sketch = sketch(ctx, inc, r.inputs(res.Node)[inc.ReusePort()])
	}
	return res.sketch
}

// previous gives the earlier results of a stage's family that are there and whole and share most with what it gets now.
func (r *runner) previous(ctx context.Context, res *StageResult, id identity, forced bool) []Previous {
	f := family(res.Node, id.pre)
	if f == "" || forced {
		return nil
	}
	relatives := append(r.Store.Family(ownList(f, r.g.Name, res.Node.Name)), r.Store.Family(f)...)
	seen := map[Digest]bool{id.key: true} // its own artifact was damaged or taken away: that is why the stage runs
	relatives = slices.DeleteFunc(relatives, func(m store.Member) bool {
		again := seen[m.Key]
		seen[m.Key] = true
		return again
	})
	if len(relatives) == 0 {
		return nil
	}
	c := choice{now: r.sketch(ctx, res), left: relatives, covered: map[uint32]bool{}}
	var out []Previous
	for range mostTries {
		m, ok := c.next(len(out) >= enoughPrevious)
		if !ok || len(out) == mostPrevious {
			break
		}
		if p, ok := r.earlier(ctx, res.Node, m.Key); ok {
			c.keep(m)
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
