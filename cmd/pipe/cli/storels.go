package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newStoreLs(s *settings) *cobra.Command {
	var kind, experiment string
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List artifacts, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			rows, unread, err := listStore(st, kind, experiment)
			if err != nil {
				return err
			}
			if len(rows) == 0 && (kind != "" || experiment != "") {
				return noneSuch(st, kind, experiment)
			}
			if s.Log == "json" {
				return jsonLines(cmd.OutOrStdout(), rows)
			}
			warnOf(cmd.ErrOrStderr(), unread)
			return printStored(cmd.OutOrStdout(), rows, time.Now())
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only artifacts of this `kind` of stage, or of this artifact type")
	cmd.Flags().StringVar(&experiment, "experiment", "", "only artifacts of this `experiment`")
	return cmd
}

// storedRow is a line of `store ls`.
type storedRow struct {
	Event  string       `json:"event"` // artifact
	Digest store.Digest `json:"digest"`
	Kind   string       `json:"kind,omitempty"`
	Type   string       `json:"type,omitempty"`
	Bytes  int64        `json:"bytes"`
	Made   *time.Time   `json:"made,omitempty"`
	Used   *time.Time   `json:"used,omitempty"`
	Names  []string     `json:"names,omitempty"` // experiment/stage
	Pinned bool         `json:"pinned"`
	Note   string       `json:"note,omitempty"` // of the pin
	Gone   bool         `json:"gone,omitempty"` // its folder is not there
}

func listStore(st *store.Store, kind, experiment string) (rows []storedRow, unread, err error) {
	inv, err := st.Inventory()
	if err != nil {
		return nil, nil, err
	}
	uses, unread := dag.Usages(st)
	for _, a := range inv.Artifacts {
		names := namesOf(uses, a.Digest)
		isOf := func(name string) bool { return strings.HasPrefix(name, experiment+"/") }
		if kind != "" && a.Kind() != kind && a.Type() != kind || experiment != "" && !slices.ContainsFunc(names, isOf) {
			continue
		}
		row := storedRow{Event: "artifact", Digest: a.Digest, Kind: a.Kind(), Type: a.Type(), Bytes: a.Bytes, Names: names, Gone: a.Gone}
		if made, used := a.Made(), lastUse(uses, a); !made.IsZero() {
			row.Made, row.Used = &made, &used
		}
		if a.Pin != nil {
			row.Pinned, row.Note = true, a.Pin.Note
		}
		rows = append(rows, row)
	}
	if len(inv.Damaged) > 0 {
		unread = fmt.Errorf("%s can't be read: pipe store verify says more", plural(len(inv.Damaged), "record"))
	}
	return rows, unread, nil
}

// noneSuch says what the store has, where it has no artifacts of the kind and the experiment asked for.
func noneSuch(st *store.Store, kind, experiment string) error {
	all, _, err := listStore(st, "", "")
	if err != nil {
		return err
	}
	var kinds, experiments []string
	for _, r := range all {
		kinds = append(kinds, orDash(r.Kind), orDash(r.Type))
		for _, name := range r.Names {
			of, _, _ := strings.Cut(name, "/")
			experiments = append(experiments, of)
		}
	}
	switch {
	case kind != "" && !slices.Contains(kinds, kind):
		return fmt.Errorf("the store has no artifacts of kind %s%s", kind, insteadOf(kind, kinds))
	case experiment != "" && !slices.Contains(experiments, experiment):
		return fmt.Errorf("the store has no artifacts of experiment %s%s", experiment, insteadOf(experiment, experiments))
	}
	return fmt.Errorf("the store has artifacts of kind %s and of experiment %s, but none of both", kind, experiment)
}

func printStored(w io.Writer, rows []storedRow, now time.Time) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "no artifacts")
		return err
	}
	table := []row{{[]string{"DIGEST", "KIND", "TYPE", "SIZE", "MADE", "USED"}, "FOR"}}
	var bytes int64
	for _, r := range rows {
		bytes += r.Bytes
		table = append(table, row{[]string{r.Digest.Short(), orDash(r.Kind), orDash(r.Type), size(r.Bytes),
			agoOf(r.Made, now), agoOf(r.Used, now)}, r.remarks()})
	}
	if err := printRows(w, table, columnsOf(w)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s, %s\n", plural(len(rows), "artifact"), size(bytes))
	return err
}

// remarks says what an artifact is for, and what is special about it.
func (r storedRow) remarks() string {
	var parts []string
	if r.Pinned {
		parts = append(parts, "pinned")
	}
	if r.Gone {
		parts = append(parts, "GONE")
	}
	switch len(r.Names) {
	case 0:
		parts = append(parts, "no run")
	case 1:
		parts = append(parts, r.Names[0])
	default:
		parts = append(parts, fmt.Sprintf("%s +%d", r.Names[0], len(r.Names)-1))
	}
	return strings.Join(parts, ", ")
}

func agoOf(t *time.Time, now time.Time) string {
	if t == nil {
		return "-"
	}
	return ago(*t, now)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
