package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/jury"
)

// judging is what the flags of pipe judge say.
type judging struct {
	jury.Options
	answers, stage string
	port           int
	summary        bool
}

// The bootstrap of --summary, as kind judgements has it.
const (
	judgeResamples  = 10_000
	judgeConfidence = 0.95
)

func newJudge(s *settings) *cobra.Command {
	var o judging
	cmd := &cobra.Command{
		Use:   "judge [RUN]",
		Short: "Serve a local page for blind judgements of neighbours",
		Long: `Serves a page, on this machine only, on which people see a photo and two rows of neighbours, one of ours and
one of the baseline, and say which row looks more like the photo. They are not told which is which, and the sides are
random. A run is named as for runs show, or by its results folder (out/NAME); the default is the last run. It needs a
report with images and two lists of neighbours.

Answers are saved as they are given, one file per person, in judgements/NAME of the experiment; a person who enters
the same name again continues where they stopped. --summary prints the state; a stage of kind judgements adds it to
the report.`,
		Example: "  pipe judge out/quickstart\n  pipe judge last --queries 100 --port 8080\n  pipe judge last --summary",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			r, err := findJudged(st, append(args, "last")[0])
			if err != nil {
				return err
			}
			t, err := openTables(cmd.Context(), st, r, o.stage)
			if err != nil {
				return err
			}
			defer func() { _ = t.images.Close() }() // only read from
			if o.answers == "" {
				o.answers = filepath.Join("judgements", r.Experiment)
			}
			if o.summary {
				return o.sumUp(cmd.Context(), cmd.OutOrStdout(), t, s.Log == "json")
			}
			return o.serve(cmd.Context(), cmd.OutOrStdout(), t, s.Log == "json")
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.Queries, "queries", 50, "number of query photos, the same for everybody")
	f.IntVar(&o.K, "k", 5, "number of neighbours shown per side")
	f.Uint64Var(&o.Seed, "seed", 1, "seed for the photos, their order and the sides")
	f.IntVar(&o.port, "port", 0, "port of the page; 0 for any free port")
	f.StringVar(&o.answers, "answers", "", "`folder` of the answers (default judgements/NAME)")
	f.StringVar(&o.stage, "stage", "", "the report or judgements `stage` to use, if there are several")
	f.BoolVar(&o.summary, "summary", false, "print a summary of the answers and exit")
	return cmd
}

func (o *judging) check() error {
	switch {
	case o.Queries < 1:
		return fmt.Errorf("--queries must be at least 1, not %d", o.Queries)
	case o.K < 1 || o.K > 20:
		return fmt.Errorf("--k must be 1 to 20, not %d", o.K)
	case o.port < 0 || o.port > 65535:
		return fmt.Errorf("--port must be 0 to 65535, not %d", o.port)
	}
	return nil
}

// serve shows the page until ctx ends, which is how it is meant to end.
func (o *judging) serve(ctx context.Context, w io.Writer, t *judged, asJSON bool) error {
	c, err := jury.NewContest(t.subject, t.images, t.ours, t.baseline, o.Options)
	if err != nil {
		return err
	}
	page, err := jury.NewServer(c, o.answers)
	if err != nil {
		return fmt.Errorf("keeping answers in %s: %w", o.answers, err)
	}
	defer func() { _ = page.Close() }() // every answer is on the disk
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.port)))
	if err != nil {
		return fmt.Errorf("port %d can't be had: %w: name another with --port, or none for a free one", o.port, err)
	}
	url := "http://" + l.Addr().String() + "/"
	if asJSON {
		err = json.NewEncoder(w).Encode(map[string]any{"event": "listening", "url": url, "answers": o.answers, "queries": c.Len()})
	} else {
		_, err = fmt.Fprintf(w, "%s\n%s, %d neighbours of each\n\n  %s\n\nanswers: %s, kept as they come; Ctrl-C ends it\n",
			t.String(), plural(c.Len(), "photo"), o.K, url, o.answers)
	}
	if err != nil {
		return err
	}
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return errors.Join(server.Shutdown(end), server.Close()) // an answer that is on its way is kept
	}
}

// sumUp tells how it stands.
func (o *judging) sumUp(ctx context.Context, w io.Writer, t *judged, asJSON bool) error {
	all, err := jury.ReadFolder(o.answers)
	if err != nil {
		return err
	}
	t.subject.K = o.K
	j, err := jury.Summarise(ctx, all, t.subject, eval.Bootstrap{Resamples: judgeResamples, Confidence: judgeConfidence, Seed: o.Seed, Workers: 1})
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(struct {
			Event string `json:"event"`
			Run   string `json:"run"`
			*formats.Judgements
		}{"judgements", t.run, j})
	}
	return printJudgements(w, t, j, o.answers)
}
