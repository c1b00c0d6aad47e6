package dag

import (
	"fmt"
	"slices"
)

// Registry is the list of kinds an experiment may use.
type Registry struct {
	kinds  []*Kind
	byName map[string]*Kind
}

// NewRegistry makes a registry. It panics if two kinds share a name: the list is part of the program.
func NewRegistry(kinds ...*Kind) *Registry {
	r := &Registry{kinds: kinds, byName: map[string]*Kind{}}
	for _, k := range kinds {
		if r.byName[k.Name] != nil {
			panic(fmt.Sprintf("dag: kind %q is registered twice", k.Name))
		}
		checkPrevious(k)
		r.byName[k.Name] = k
	}
	return r
}

// checkPrevious panics where a port takes the earlier results of what can't be.
func checkPrevious(k *Kind) {
	for _, p := range k.In {
		if p.Previous == "" {
			continue
		}
		of := slices.IndexFunc(k.In, func(q Port) bool { return q.Name == p.Previous })
		if of < 0 || k.In[of].Many || !p.Optional || p.Many || !p.Own && k.In[of].Type != p.Type || p.Own && k.Out != p.Type {
			panic(fmt.Sprintf("dag: port %s of kind %q can't take the earlier results of port %q", p.Name, k.Name, p.Previous))
		}
	}
}

// Kinds lists the kinds in the order they were registered, which is the order people meet them in.
func (r *Registry) Kinds() []*Kind { return r.kinds }

// Get finds a kind by name.
func (r *Registry) Get(name string) (*Kind, bool) {
	k, ok := r.byName[name]
	return k, ok
}
