package stages

import (
	"cmp"
	"fmt"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/formats"
)

const embedAlike = "distances between their vectors mean nothing; embed both alike"

// embeddedApart says what of two stages makes their vectors not comparable; "" where nothing does, or where a stage is not of kind
// embed and so isn't known.
func embeddedApart(queries, gallery *dag.Node) string {
	q, known := queries.Stage.(*embed)
	g, too := gallery.Stage.(*embed)
	if !known || !too {
		return ""
	}
	names := fmt.Sprintf("`%s` and `%s` ", gallery.Name, queries.Name)
	switch {
	case q.PCA > 0 || g.PCA > 0:
		return names + "have components of their own (pca): " + embedAlike + ", without pca"
	case !slices.Equal(queries.In["encoder"], gallery.In["encoder"]):
		return names + "are not embedded by the same encoder: " + embedAlike + ", with one encoder connected to both"
	case q.Weights == randomWeights && queries.Seed != gallery.Seed:
		return names + fmt.Sprintf("have random weights of other seeds (%d and %d): ", gallery.Seed, queries.Seed) + embedAlike
	}
	for _, p := range []struct {
		name string
		g, q any
	}{{"arch", g.Arch, q.Arch}, {"weights", g.Weights, q.Weights}, {"width", g.Width, q.Width}, {"layer", cmp.Or(g.Layer, "fc2"), cmp.Or(q.Layer, "fc2")},
		{"pool", cmp.Or(g.Pool, "avg"), cmp.Or(q.Pool, "avg")}, {"view", g.View, q.View}, {"normalise", g.Normalise, q.Normalise}} {
		if p.g != p.q {
			return names + fmt.Sprintf("differ in %s (%v and %v): ", p.name, p.g, p.q) + embedAlike
		}
	}
	return ""
}

// checkGallery refuses a gallery that is the stage of the queries itself, or whose vectors can't be compared with theirs. Ports may be
// empty.
func checkGallery(in map[string][]*dag.Node, queriesPort, galleryPort string) error {
	if len(in[queriesPort]) == 0 || len(in[galleryPort]) == 0 {
		return nil
	}
	queries, gallery := in[queriesPort][0], in[galleryPort][0]
	if queries == gallery {
		return &dag.WireError{Port: galleryPort, Msg: fmt.Sprintf("`%s` is the stage at %s: leave %s out, and its rows find each other", gallery.Name, queriesPort, galleryPort)}
	}
	if why := embeddedApart(queries, gallery); why != "" {
		return &dag.WireError{Port: galleryPort, Msg: why}
	}
	return nil
}

// alike refuses a gallery whose table says that its vectors can't be compared with those of the queries.
func alike(queriesPort, galleryPort string, queries, gallery *formats.Embeddings) error {
	q, g := queries.Meta, gallery.Meta
	switch {
	case queries.Dim != gallery.Dim:
		return fmt.Errorf("%s: its vectors have %d numbers (%s), those of %s %d (%s): embed both alike", galleryPort, gallery.Dim, g.Model, queriesPort, queries.Dim, q.Model)
	case g != q:
		return fmt.Errorf("%s: its vectors are of %s, those of %s of %s: %s", galleryPort, described(g), queriesPort, described(q), embedAlike)
	}
	return nil
}

func described(m formats.EmbeddingsMeta) string {
	text := fmt.Sprintf("%q", m.Model)
	if m.Layer != "" {
		text += ", layer " + m.Layer
	}
	if m.Normalised {
		text += ", normalised"
	}
	return text
}
