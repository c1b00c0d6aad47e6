package dag

import "fmt"

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
		r.byName[k.Name] = k
	}
	return r
}

// Kinds lists the kinds in the order they were registered, which is the order people meet them in.
func (r *Registry) Kinds() []*Kind { return r.kinds }

// Get finds a kind by name.
func (r *Registry) Get(name string) (*Kind, bool) {
	k, ok := r.byName[name]
	return k, ok
}
