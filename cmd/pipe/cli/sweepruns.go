package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/sweep"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// member is a stage of a variant: its name in the file and the node that it is.
type member struct {
	base   string
	node   *dag.Node
	result *dag.StageResult // nil where the run did not get to it
}

// sweepMembers lists the stages of each variant, in the order of the graph.
func sweepMembers(e *pipelines.Experiment, sum *dag.Summary) [][]member {
	place, results := map[string]int{}, map[string]*dag.StageResult{}
	for i, n := range e.Graph.Nodes {
		place[n.Name] = i
	}
	if sum != nil {
		for i := range sum.Stages {
			results[sum.Stages[i].Node.Name] = &sum.Stages[i]
		}
	}
	var all [][]member
	for _, v := range e.Sweep.Variants {
		var ms []member
		for base, name := range v.Nodes {
			ms = append(ms, member{base, e.Graph.Nodes[place[name]], results[name]})
		}
		slices.SortFunc(ms, func(a, b member) int { return cmp.Compare(place[a.node.Name], place[b.node.Name]) })
		all = append(all, ms)
	}
	return all
}

// sweepRuns says what became of each variant, with its scores. Once ctx is done it reads no more of these.
func sweepRuns(ctx context.Context, e *pipelines.Experiment, sum *dag.Summary) ([]*sweep.Run, error) {
	read := map[string]*formats.Metrics{} // by node: variants share some
	var runs []*sweep.Run
	for i, ms := range sweepMembers(e, sum) {
		v := e.Sweep.Variants[i]
		r := &sweep.Run{Name: v.Name, Values: v.Values}
		digests := map[string]string{} // node → digest
		for _, m := range ms {
			r.Gates = append(r.Gates, failedGates(m)...)
			if m.result == nil || m.result.Artifact.Dir == "" {
				r.Missing = true
				if m.result != nil && m.result.State == dag.StateFailed && r.Problem == "" {
					r.Problem = fmt.Sprintf("%s failed: %s", m.node.Name, firstLine(m.result.Err))
				}
				continue
			}
			digests[m.node.Name] = string(m.result.Artifact.Digest)
			if ctx.Err() != nil {
				r.Unread = r.Unread || m.node.Out() == stages.Metrics
				continue
			}
			if err := addResult(r, m, digests, ms, read); err != nil {
				return nil, err
			}
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// failedGates lists the gates that failed at a stage. Those that are allowed to are among them: `allow` says that the run goes
// on well, not that the result is good.
func failedGates(m member) []string {
	var gates []string
	if m.result != nil {
		for _, note := range m.result.Notes {
			if note.Level == dag.Gate {
				gates = append(gates, m.base+": "+note.Name)
			}
		}
	}
	return gates
}

// addResult takes what a table needs of a stage's result.
func addResult(r *sweep.Run, m member, digests map[string]string, ms []member, read map[string]*formats.Metrics) error {
	switch m.node.Out() {
	case stages.Neighbours:
		if in := m.node.In["embeddings"]; len(in) == 1 && len(m.node.In["gallery"]) == 0 { // what scores are of has none
			r.Lists = append(r.Lists, sweep.List{Dir: m.result.Artifact.Dir, Embeddings: digests[in[0]]})
		}
	case stages.Encoder:
		info, err := formats.ReadEncoderInfo(m.result.Artifact.Dir)
		if err != nil {
			return fmt.Errorf("encoder of %s: %w", m.node.Name, err)
		}
		r.Encoders = append(r.Encoders, sweep.Encoder{Stage: m.base, Spread: info.Collapse.StdRatio})
	case stages.Metrics:
		if read[m.node.Name] == nil {
			scores, err := formats.ReadMetrics(m.result.Artifact.Dir)
			if err != nil {
				return fmt.Errorf("scores of %s: %w", m.node.Name, err)
			}
			read[m.node.Name] = scores
		}
		s := sweep.Metrics{Stage: m.base, Metrics: read[m.node.Name], Clusterings: map[string]string{}}
		for _, from := range slices.Backward(m.node.In["clusters"]) { // of two equal ones the first gives the name
			i := slices.IndexFunc(ms, func(o member) bool { return o.node.Name == from })
			s.Clusterings[digests[from]] = ms[i].base
		}
		r.Metrics = append(r.Metrics, s)
	}
	return nil
}

func firstLine(err error) string {
	return gist(fmt.Sprint(err))
}
