package dag

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// keySchema is raised whenever Key itself changes, so that old keys never meet new ones.
const keySchema = 1

// Preimage is all that the result of a stage may depend on. It is stored beside the result, so that "why does this
// run?" is a comparison of two of them.
type Preimage struct {
	Schema    int                        `json:"schema"` // of Key
	Kind      string                     `json:"kind"`
	Version   int                        `json:"version"`             // of the kind
	Params    map[string]json.RawMessage `json:"with,omitempty"`      // semantic ones, after defaults
	Inputs    map[string][]Digest        `json:"in,omitempty"`        // port → digests of what is connected, in order
	Externals map[string]Digest          `json:"externals,omitempty"` // content from outside the store
	Backend   string                     `json:"backend,omitempty"`   // class of the numeric backend, where it matters
	Seed      *uint64                    `json:"seed,omitempty"`      // where it matters
}

// Key gives the identity of a piece of work. The invariant: two pieces of work with equal keys give equal bytes, and
// whatever may change those bytes is in the key: the kind and its version, every semantic parameter after defaults, the
// content of every input by port and order, the content of everything read from outside, the class of the numeric
// backend and the seed where the stage uses them. What can't change the bytes is not in it: names of stages and
// experiments, paths, execution parameters, numbers of workers, time, machine.
//
// The key is the SHA-256 of the fields in a fixed order, each with its length before it and each list and map with its
// count before it, maps sorted by name: no two preimages give the same sequence of bytes.
func Key(p Preimage) Digest {
	w := keyWriter{}
	w.text("pipe key")
	w.number(p.Schema)
	w.text(p.Kind)
	w.number(p.Version)
	w.number(len(p.Params))
	for _, name := range slices.Sorted(maps.Keys(p.Params)) {
		w.text(name)
		w.text(string(p.Params[name]))
	}
	w.number(len(p.Inputs))
	for _, port := range slices.Sorted(maps.Keys(p.Inputs)) {
		w.text(port)
		w.number(len(p.Inputs[port]))
		for _, d := range p.Inputs[port] {
			w.text(string(d))
		}
	}
	w.number(len(p.Externals))
	for _, name := range slices.Sorted(maps.Keys(p.Externals)) {
		w.text(name)
		w.text(string(p.Externals[name]))
	}
	w.text(p.Backend)
	if p.Seed == nil {
		w.number(0)
	} else {
		w.number(1)
		w.text(strconv.FormatUint(*p.Seed, 10))
	}
	sum := sha256.Sum256(w)
	return Digest(hex.EncodeToString(sum[:]))
}

// keyWriter collects fields, each with its length before it.
type keyWriter []byte

func (w *keyWriter) text(s string) {
	*w = binary.LittleEndian.AppendUint64(*w, uint64(len(s)))
	*w = append(*w, s...)
}

func (w *keyWriter) number(n int) { w.text(strconv.Itoa(n)) }

// preimage gathers what a node's result depends on. Ports with nothing connected are left out, so that a kind may get
// a new optional port without losing its results.
func preimage(n *Node, in Inputs, externals map[string]Digest, backend string) Preimage {
	p := Preimage{
		Schema: keySchema, Kind: n.Kind.Name, Version: n.Kind.Version, Params: Semantic(n.Stage),
		Inputs: map[string][]Digest{}, Externals: externals,
	}
	for port, arts := range in {
		for _, a := range arts {
			p.Inputs[port] = append(p.Inputs[port], a.Digest)
		}
	}
	if usesBackend(n.Stage) {
		p.Backend = backend
	}
	if usesSeed(n.Stage) {
		p.Seed = &n.Seed
	}
	return p
}

func usesSeed(s Stage) bool {
	u, ok := s.(Seeded)
	return ok && u.UsesSeed()
}

// devices is how many GPUs a stage shares its work among.
func (e *Engine) devices(n *Node) int {
	k := e.gpus(n)
	if u, ok := n.Stage.(OnDevices); ok && k > 1 && u.UsesDevices(e.Backend) {
		return k
	}
	return 1
}

func usesBackend(s Stage) bool {
	u, ok := s.(OnBackend)
	return ok && u.UsesBackend()
}

func offloads(s Stage) bool {
	o, ok := s.(Offloader)
	return ok && o.Offloads()
}
