package report

import (
	"maps"
	"slices"
	"strings"
)

// The roles a model can have.
const (
	ours     = "ours"
	baseline = "baseline"
)

// model is a model as people are told of it.
type model struct {
	Role   string // ours or baseline; also the CSS class
	Name   string // says "random weights" where they are
	Random bool
	Dim    int    // 0: not known
	Stage  string // digest of its embeddings where another model has the same name: Embed says which stage made them
}

// Symbol tells the roles apart without colour.
func (m model) Symbol() string {
	if m.Role == ours {
		return "●"
	}
	return "◆"
}

// Word is the role in words, for where the name is not beside it.
func (m model) Word() string {
	if m.Random {
		return m.Role + ", random weights"
	}
	return m.Role
}

// cast knows which embeddings play which role.
type cast struct{ byDigest map[string]model }

// newCast reads roles from the scores. What the scores don't name takes its role from its place: the first model that
// the neighbours, embeddings or clusters bring is ours, unless the scores have ours already, and all others are
// baselines.
func newCast(in Input) *cast {
	c := &cast{byDigest: map[string]model{}}
	if in.Scores != nil {
		for _, m := range in.Scores.Models {
			c.byDigest[m.Embeddings] = model{Role: m.Role, Name: modelName(m.Name, m.Random), Random: m.Random, Dim: m.Dim}
		}
	}
	for _, n := range in.Neighbours {
		c.add(n.Meta.Embeddings, n.Meta.Model, n.Meta.Random)
	}
	for _, e := range in.Embeddings {
		c.add(e.Digest, e.Meta.Model, e.Meta.Random)
	}
	for _, k := range in.Clusters {
		c.add(k.Meta.Embeddings, k.Meta.Model, k.Meta.Random)
	}
	c.tellApart()
	return c
}

// tellApart asks for the stage of each model that shares its name with another.
func (c *cast) tellApart() {
	named := map[string]int{}
	for _, m := range c.byDigest {
		named[m.Name]++
	}
	for digest, m := range c.byDigest {
		if named[m.Name] > 1 {
			m.Stage = digest
			c.byDigest[digest] = m
		}
	}
}

func (c *cast) add(digest, name string, random bool) {
	if _, known := c.byDigest[digest]; known {
		return
	}
	role := ours
	if _, taken := c.role(ours); taken {
		role = baseline
	}
	c.byDigest[digest] = model{Role: role, Name: modelName(name, random), Random: random}
}

// role finds the model that plays a role; of several baselines the one with the first name, and of
// those with one name the one with the first digest.
func (c *cast) role(role string) (model, bool) {
	var found model
	ok := false
	for _, digest := range slices.Sorted(maps.Keys(c.byDigest)) {
		if m := c.byDigest[digest]; m.Role == role && (!ok || m.Name < found.Name) {
			found, ok = m, true
		}
	}
	return found, ok
}

// list gives ours, then the baseline, as far as there are any.
func (c *cast) list() []model {
	var ms []model
	for _, r := range []string{ours, baseline} {
		if m, ok := c.role(r); ok {
			ms = append(ms, m)
		}
	}
	return ms
}

// modelName makes sure that random weights are called so.
func modelName(name string, random bool) string {
	if name == "" {
		name = "unnamed model"
	}
	if random && !strings.Contains(name, "random") {
		name += ", random weights"
	}
	return name
}
