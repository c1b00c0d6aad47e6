package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/model"
	"fashionpipe/stages"
)

// checkPlugin says before anything runs if XLA's plugin can't be opened and a stage that isn't cached computes networks on it: by
// itself it would say so once the photos are decoded. Where a GPU may be, the plugin is only loaded: opening it takes seconds, and
// memory of a GPU that another run may have. What the plugin is needed for, a plan tells; other backends pay for none of it.
func checkPlugin(ctx context.Context, e *dag.Engine, g *dag.Graph, o dag.RunOptions) error {
	if !slices.ContainsFunc(g.Nodes, computesNetworks) {
		return nil
	}
	choice, err := model.Choose(e.Backend)
	if err != nil || choice.Name != "xla" {
		return err
	}
	plan, err := e.Plan(ctx, g, o)
	if err != nil {
		return nil // the run says the same
	}
	for _, w := range plan.Warnings {
		e.Events(dag.Event{Time: time.Now(), What: dag.Warned, Text: w})
	}
	if !slices.ContainsFunc(plan.Stages, needsBackend) {
		return nil
	}
	path := choice.Plugin.Path
	a := tryPlugin(ctx, path, tryLoad)
	if a.Error == "" || ctx.Err() != nil {
		return nil
	}
	text := strings.TrimPrefix(a.Error, "backend xla:"+path+": ")
	if strings.HasSuffix(e.Backend, path) {
		text = strings.TrimPrefix(text, path+": ")
	}
	return fmt.Errorf("backend %s: %s", cmp.Or(e.Backend, "auto"), text)
}

func needsBackend(s dag.PlannedStage) bool {
	return computesNetworks(s.Node) && (s.Outlook == dag.WillRun || s.Outlook == dag.MayRun)
}

func computesNetworks(n *dag.Node) bool {
	_, ok := n.Stage.(stages.Precise)
	return ok
}
