package pipelines

// source is a text that was read: the file, or one --set argument.
type source struct {
	name  string
	set   bool // a --set argument; its name is the whole argument
	order int  // among the --set arguments, or of the files that extend one another
	lines []string
}

// place is a point of a source; line and column count from 1, columns in characters.
type place struct {
	src       *source
	line, col int
}

type shape int

const (
	scalar shape = iota
	list
	mapping
)

// node is a value of the file with its place. Aliases share the node of their anchor, so a node is never changed after
// it was read; what changes it (--set, variables) makes a new one.
type node struct {
	at     place
	shape  shape
	text   string  // of a scalar, without quotes
	quoted bool    // a scalar in quotes or a block: text whatever it looks like
	loose  bool    // from --set or the environment, where no quotes can say that "5" is text: fits what is wanted
	bad    bool    // a mistake that was reported; what follows from it is not
	swept  bool    // a value of a sweep, where mistakes with it are shown
	via    string  // where the value came from, if not from its place: "variable `k`"
	items  []*node // of a list
	pairs  []pair  // of a mapping, in the order of the file, keys unique
}

type pair struct{ key, value *node }

// get finds a value of a mapping by key; nil if there is none.
func (n *node) get(key string) *node {
	for _, p := range n.pairs {
		if p.key.text == key {
			return p.value
		}
	}
	return nil
}

// key finds a key of a mapping; nil if there is none.
func (n *node) key(name string) *node {
	for _, p := range n.pairs {
		if p.key.text == name {
			return p.key
		}
	}
	return nil
}

// has says whether a mapping, if it is one, has a key.
func (n *node) has(name string) bool { return n != nil && n.get(name) != nil }

// keys lists the keys of a mapping.
func (n *node) keys() []string {
	var ks []string
	for _, p := range n.pairs {
		ks = append(ks, p.key.text)
	}
	return ks
}

// with is a copy of the mapping in which key has another value, at its old position or at the end.
func (n *node) with(key, value *node) *node {
	c := *n
	c.pairs = append([]pair(nil), n.pairs...)
	for i, p := range c.pairs {
		if p.key.text == key.text {
			c.pairs[i].value = value
			return &c
		}
	}
	c.pairs = append(c.pairs, pair{key, value})
	return &c
}
