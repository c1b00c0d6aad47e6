package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/formats"
	"fashionpipe/internal/jury"
)

// judged is what people compare: two tables of neighbours of a run.
type judged struct {
	run            string
	subject        jury.Subject
	images         *formats.Images
	ours, baseline *formats.Neighbours
}

func (j *judged) String() string {
	return fmt.Sprintf("ours, %s, against %s", modelOf(j.ours), modelOf(j.baseline))
}

func modelOf(n *formats.Neighbours) string {
	if n.Meta.Random && !strings.Contains(n.Meta.Model, "random") {
		return n.Meta.Model + " (random weights)"
	}
	return n.Meta.Model
}

// findJudged finds the run of a name, or the newest one whose results lie in a folder of that name.
func findJudged(st *store.Store, name string) (*dag.RunRecord, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return findRun(st, name)
	}
	experiment := filepath.Base(filepath.Clean(name))
	ids, err := st.Runs()
	for i := len(ids) - 1; i >= 0 && err == nil; i-- {
		if r, err := dag.ReadRun(st, ids[i]); err == nil && r.Experiment == experiment {
			return r, nil
		}
	}
	return nil, errors.Join(err, fmt.Errorf("there is no record of a run of experiment %s, whose results would lie in %s: pipe runs ls lists the runs", experiment, name))
}

// openTables reads the neighbours and opens the images that a run's judgements or report stage has.
func openTables(ctx context.Context, st *store.Store, r *dag.RunRecord, stage string) (*judged, error) {
	pre, err := comparison(st, r, stage)
	if err != nil {
		return nil, err
	}
	t := &judged{run: r.ID}
	if t.subject, err = roles(ctx, st, pre); err != nil {
		return nil, err
	}
	for digest, to := range map[string]**formats.Neighbours{t.subject.Ours: &t.ours, t.subject.Baseline: &t.baseline} {
		dir, err := whole(ctx, st, digest)
		if err == nil {
			*to, err = formats.ReadNeighbours(dir)
		}
		if err != nil {
			return nil, err
		}
	}
	dir, err := whole(ctx, st, t.subject.Images)
	if err != nil {
		return nil, err
	}
	t.images, err = formats.OpenImages(dir)
	return t, err
}

// whole gives the folder of an artifact that the store must still have.
func whole(ctx context.Context, st *store.Store, digest string) (string, error) {
	dir, err := st.Whole(ctx, store.Digest(digest))
	if err != nil {
		return "", fmt.Errorf("what the run gave is not in the store any more: %w: run the experiment again", err)
	}
	return dir, nil
}

// comparison gives what the one stage was made from that has images and two tables of neighbours: a stage of kind
// judgements, else a report.
func comparison(st *store.Store, r *dag.RunRecord, stage string) (dag.Preimage, error) {
	var names []string
	found := map[string]dag.Preimage{}
	for _, kind := range []string{"judgements", "report"} {
		for _, s := range r.Stages {
			if s.Kind != kind || s.Digest == "" || stage != "" && s.Name != stage {
				continue
			}
			rec, err := st.Record(s.Key)
			var pre dag.Preimage
			if err == nil {
				err = json.Unmarshal(rec.Preimage, &pre)
			}
			if err != nil {
				return pre, fmt.Errorf("what stage %s was made from is not known any more: %w: run the experiment again", s.Name, err)
			}
			if len(pre.Inputs["images"]) == 1 && (kind == "judgements" || len(pre.Inputs["neighbours"]) > 1) {
				names = append(names, s.Name)
				found[s.Name] = pre
			}
		}
		if len(names) > 0 {
			break
		}
	}
	switch {
	case len(names) == 1:
		return found[names[0]], nil
	case len(names) > 1:
		return dag.Preimage{}, fmt.Errorf("run %s has several: name one with --stage: %s", r.ID, few(names, 12))
	case stage != "":
		return dag.Preimage{}, fmt.Errorf("stage %s of run %s is no report or judgements stage with images and two tables of neighbours that came to its end", stage, r.ID)
	}
	return dag.Preimage{}, fmt.Errorf("run %s has nothing to judge: it takes a report (or a stage of kind judgements) with images and two tables of neighbours, ours and the baseline's", r.ID)
}

// roles says which neighbours are whose: by port, or as the report tells them apart, by the scores or by their order.
func roles(ctx context.Context, st *store.Store, pre dag.Preimage) (jury.Subject, error) {
	in := func(port string) string {
		if d := pre.Inputs[port]; len(d) > 0 {
			return string(d[0])
		}
		return ""
	}
	s := jury.Subject{Images: in("images"), Ours: in("ours"), Baseline: in("baseline")}
	if s.Ours != "" {
		return s, nil
	}
	role := map[string]string{}
	if scores := in("scores"); scores != "" {
		dir, err := whole(ctx, st, scores)
		if err != nil {
			return s, err
		}
		m, err := formats.ReadMetrics(dir)
		if err != nil {
			return s, err
		}
		for _, x := range m.Models {
			role[x.Embeddings] = x.Role
		}
	}
	var first []string // in their order, ours to the front
	for _, d := range pre.Inputs["neighbours"] {
		dir, err := whole(ctx, st, string(d))
		if err != nil {
			return s, err
		}
		n, err := formats.ReadNearest(dir, 1)
		if err != nil {
			return s, err
		}
		if role[n.Meta.Embeddings] == jury.Ours {
			first = append([]string{string(d)}, first...)
		} else {
			first = append(first, string(d))
		}
	}
	s.Ours, s.Baseline = first[0], first[1]
	return s, nil
}
