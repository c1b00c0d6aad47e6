package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fashionpipe/dag/store"
)

func newStoreExport(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "export DIGEST|EXPERIMENT/STAGE FOLDER",
		Short: "Copy an artifact to a new folder, verifying its content",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return fmt.Errorf("name an artifact and a new folder: %s mini/encoder my-encoder", cmd.CommandPath())
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			d, err := findArtifact(st, args[0])
			if err != nil {
				return err
			}
			n, bytes, err := st.Export(cmd.Context(), d, args[1])
			if errors.Is(err, context.Canceled) {
				return exit(exitInterrupted)
			}
			if err != nil {
				return err
			}
			if s.Log == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
					Event  string       `json:"event"`
					Digest store.Digest `json:"digest"`
					Folder string       `json:"folder"`
					Files  int          `json:"files"`
					Bytes  int64        `json:"bytes"`
				}{"exported", d, args[1], n, bytes})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, %s, of artifact %s\n", args[1], plural(n, "file"), size(bytes), d)
			return err
		},
	}
}
