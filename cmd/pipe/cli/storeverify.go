package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"fashionpipe/dag/store"
)

func newStoreVerify(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [DIGEST or EXPERIMENT/STAGE]...",
		Short: "Read all stored data and check it against its digests",
		Long: `Reads every byte of the artifacts and records, including files that look unchanged, and checks them against
their digests. It repairs and writes nothing: the next run that needs a damaged artifact also detects it, and makes it
again. The exit code is 1 if something is damaged.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			var only []store.Digest
			for _, a := range args {
				d, err := findArtifact(st, a)
				if err != nil {
					return err
				}
				only = append(only, d)
			}
			return verifyStore(cmd, s, st, only)
		},
	}
}

func verifyStore(cmd *cobra.Command, s *settings, st *store.Store, only []store.Digest) error {
	o := store.CheckOptions{Only: only}
	end := func() {}
	if f, ok := cmd.ErrOrStderr().(*os.File); ok && s.Log != "json" && term.IsTerminal(int(f.Fd())) {
		o.Progress, end = byteBar(f)
	}
	r, err := st.Check(cmd.Context(), o)
	end()
	if errors.Is(err, context.Canceled) {
		return exit(exitInterrupted)
	}
	if err != nil {
		return err
	}
	broken := slices.ContainsFunc(r.Findings, func(f store.Finding) bool { return f.Broken })
	if s.Log == "json" {
		err = findingsJSON(cmd.OutOrStdout(), r)
	} else {
		err = findingsText(cmd.OutOrStdout(), r)
	}
	if err == nil && broken {
		return exit(exitStageFailed)
	}
	return err
}

// byteBar shows how many bytes are read.
func byteBar(f *os.File) (progress func(done, total int64), end func()) {
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(f), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(20),
		progressbar.OptionSetDescription("reading"), progressbar.OptionThrottle(progressEvery), progressbar.OptionClearOnFinish())
	set := false
	return func(done, total int64) {
		if !set {
			bar.ChangeMax64(total)
			set = true
		}
		_ = bar.Set64(done) // a lost bar is no reason to stop
	}, func() { _ = bar.Clear() }
}

func findingsText(w io.Writer, r *store.Report) error {
	broken := 0
	for _, f := range r.Findings {
		if f.Broken {
			broken++
		}
		fmt.Fprintln(w, hang(f.String()+"; "+f.Remedy, 80, 4))
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(w)
	}
	verdict := "all whole"
	switch {
	case broken > 0:
		verdict = fmt.Sprintf("%d DAMAGED, %d left over", broken, len(r.Findings)-broken)
	case len(r.Findings) > 0:
		verdict = fmt.Sprintf("all whole, %d left over", len(r.Findings))
	}
	_, err := fmt.Fprintf(w, "%s and %s read, %s: %s\n", plural(r.Artifacts, "artifact"), plural(r.Records, "record"), size(r.Bytes), verdict)
	return err
}

func findingsJSON(w io.Writer, r *store.Report) error {
	enc := json.NewEncoder(w)
	broken := 0
	for _, f := range r.Findings {
		event := "left over"
		if f.Broken {
			event = "damaged"
			broken++
		}
		line := struct {
			Event  string `json:"event"`
			What   string `json:"what"`
			Name   string `json:"name"`
			Kind   string `json:"kind,omitempty"`
			Text   string `json:"text"`
			Remedy string `json:"remedy"`
		}{event, f.What, f.Name, f.Kind, f.Text, f.Remedy}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return enc.Encode(struct {
		Event     string `json:"event"`
		Artifacts int    `json:"artifacts"`
		Records   int    `json:"records"`
		Bytes     int64  `json:"bytes"`
		Damaged   int    `json:"damaged"`
		LeftOver  int    `json:"left_over"`
	}{"verified", r.Artifacts, r.Records, r.Bytes, broken, len(r.Findings) - broken})
}
