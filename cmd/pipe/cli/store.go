package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newStore(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "List, verify, export and clean up stored results",
		Long: `The store (.pipe, or --store) keeps the result of every stage as an artifact: an immutable folder named by
the digest of its content. Commands accept a prefix of a digest (4 characters or more).`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreLs(s), newStoreDu(s), newStoreVerify(s), newStoreGC(s), newStoreExport(s), newStorePin(s), newStoreUnpin(s))
	return cmd
}

// noSuchCommand refuses words that a group of commands does not know.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	text := "there is no command"
	if cmd.HasParent() {
		text = cmd.CommandPath() + " has no command"
	}
	return fmt.Errorf("%s %q%s", text, args[0], instead(args[0], names))
}

// openStore opens a store that must be there. Opened to read, nothing is written at all.
func (s *settings) openStore(readOnly bool) (*store.Store, error) {
	_, err := os.Stat(s.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no store at %s: run an experiment first, or name the folder with --store", s.Store)
	}
	if err != nil {
		return nil, err
	}
	return store.Open(s.Store, store.Options{ReadOnly: readOnly})
}

// findArtifact finds what DIGEST or EXPERIMENT/STAGE names. The latter is the last result of the stage.
func findArtifact(st *store.Store, name string) (store.Digest, error) {
	if !strings.Contains(name, "/") {
		d, err := st.Find(name)
		if near := meantResult(st, name); err != nil && near != "" { // stages may have names that are digests
			return "", fmt.Errorf("%w; or did you mean %s?", err, near)
		}
		return d, err
	}
	lasts, err := st.Lasts()
	for _, l := range lasts {
		if l.Experiment+"/"+l.Stage != name {
			continue
		}
		r, err := st.Record(l.Key)
		if err != nil {
			return "", fmt.Errorf("the last result of %s is no longer there: run the experiment again (%w)", name, err)
		}
		return r.Artifact, nil
	}
	if len(lasts) == 0 {
		return "", errors.Join(fmt.Errorf("the store knows no result of %s: pipe store ls lists what it has", name), err)
	}
	return "", errors.Join(fmt.Errorf("the store knows no result of %s%s", name, insteadOfResult(name, lasts)), err)
}

// ago gives how long a moment is past as people say it: now, 5 min, 3 h, 12 d; "" for the zero time.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	}
}

// warnOf tells of what could not be read beside what could.
func warnOf(w io.Writer, err error) {
	if err == nil {
		return
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintln(w, hang("warning: "+strings.TrimSpace(line), 80, 4))
	}
}

// plural counts things: 1 artifact, 2 artifacts.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

// namesOf gives the stages that led to an artifact.
func namesOf(uses map[dag.Digest]*dag.Usage, d store.Digest) []string {
	if u := uses[d]; u != nil {
		return u.Names
	}
	return nil
}

// lastUse is when an artifact was last used or, if no recorded run did, made.
func lastUse(uses map[dag.Digest]*dag.Usage, a *store.Stored) time.Time {
	if u := uses[a.Digest]; u != nil && u.Last.After(a.Made()) {
		return u.Last
	}
	return a.Made()
}

// jsonLines prints values as a line each.
func jsonLines[T any](w io.Writer, values []T) error {
	enc := json.NewEncoder(w)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
