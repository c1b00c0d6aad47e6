package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag/store"
)

// one is the argument rule of commands that take one artifact.
func one(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return fmt.Errorf("name one artifact by its digest, or by EXPERIMENT/STAGE: %s 0123456789ab", cmd.CommandPath())
}

func newStorePin(s *settings) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "pin DIGEST or EXPERIMENT/STAGE",
		Short: "Protect an artifact from gc",
		Args:  one,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(false)
			if err != nil {
				return err
			}
			d, err := findArtifact(st, args[0])
			if err != nil {
				return err
			}
			if err := st.Pin(cmd.Context(), store.Pin{Digest: d, Note: note, Time: time.Now()}); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is kept until: pipe store unpin %s\n", d.Short(), d.Short())
			return err
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "a `text` to record the reason")
	return cmd
}

func newStoreUnpin(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "unpin DIGEST or EXPERIMENT/STAGE",
		Short: "Remove the protection of an artifact",
		Args:  one,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(false)
			if err != nil {
				return err
			}
			d, err := st.FindPin(args[0]) // its artifact may be lost
			if err == nil && d == "" {
				d, err = findArtifact(st, args[0])
			}
			if err != nil {
				return err
			}
			was, err := st.Unpin(d)
			switch {
			case err != nil:
				return err
			case !was:
				return fmt.Errorf("%s is not pinned", d.Short())
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is no longer pinned\n", d.Short())
			return err
		},
	}
}
