package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newStoreDu(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "du",
		Short: "Show how much disk space the store takes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			u, err := measure(cmd.Context(), st)
			if err != nil {
				return err
			}
			if s.Log == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(u)
			}
			return u.print(cmd.OutOrStdout())
		},
	}
}

// usage is what `store du` tells.
type usage struct {
	Event   string               `json:"event"` // usage
	Store   string               `json:"store"`
	Kinds   map[string]*kindSize `json:"kinds"`   // artifacts by the kind that made them; "" where no record says it
	Others  map[string]*kindSize `json:"others"`  // scratch, memo, runs and the rest, by folder
	Bytes   int64                `json:"bytes"`   // as sizes say
	Disk    int64                `json:"disk"`    // of blocks
	Garbage int64                `json:"garbage"` // what gc would free
}

type kindSize struct {
	Count int   `json:"count"`
	Bytes int64 `json:"bytes"`
}

// others are the folders of a store beside artifacts, and what people call what is in them.
var others = [][2]string{
	{"scratch", "unfinished work"}, {"runs", "records of runs"}, {"records", "records of results"}, {"memo", "digests remembered"},
}

func measure(ctx context.Context, st *store.Store) (*usage, error) {
	inv, err := st.Inventory()
	if err != nil {
		return nil, err
	}
	u := &usage{Event: "usage", Store: st.Dir(), Kinds: map[string]*kindSize{}, Others: map[string]*kindSize{}}
	for _, a := range inv.Artifacts {
		if a.Gone {
			continue
		}
		k := u.Kinds[a.Kind()]
		if k == nil {
			k = &kindSize{}
			u.Kinds[a.Kind()] = k
		}
		k.Count++
		k.Bytes += a.Bytes
	}
	for _, o := range others {
		d, n := st.Measure(o[0])
		u.Others[o[0]] = &kindSize{n, d.Bytes}
	}
	all, _ := st.Measure("")
	g, err := dag.PlanGC(ctx, st, gcDefaults)
	if err != nil {
		return nil, err
	}
	u.Bytes, u.Disk, u.Garbage = all.Bytes, all.Real, g.Bytes
	return u, nil
}

func (u *usage) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name string, k *kindSize) {
		fmt.Fprintf(t, "%s\t%7d\t%9s\n", name, k.Count, size(k.Bytes))
	}
	kinds := slices.SortedFunc(maps.Keys(u.Kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(u.Kinds[b].Bytes, u.Kinds[a].Bytes), strings.Compare(a, b))
	})
	for _, kind := range kinds {
		line(cmp.Or(kind, "left over"), u.Kinds[kind])
	}
	for _, o := range others {
		line(o[1], u.Others[o[0]])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s in files, %s of the disk: %s\npipe store gc would free %s\n",
		size(u.Bytes), size(u.Disk), u.Store, size(u.Garbage))
	return err
}
