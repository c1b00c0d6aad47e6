// Command mypipe runs experiments with one kind of stage more than pipe has: see sample.go.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/model"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: mypipe EXPERIMENT.yaml")
		os.Exit(2)
	}
	if err := run(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "mypipe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	kinds := append(stages.All().Kinds(), sampleKind())
	e, err := pipelines.Load(path, pipelines.Options{Registry: dag.NewRegistry(kinds...)})
	if err != nil {
		return err
	}
	st, err := store.Open(".pipe", store.Options{})
	if err != nil {
		return err
	}
	const backend = "auto"
	engine := &dag.Engine{
		Store: st, Backend: backend, Version: "mypipe", Events: show,
		BackendClass: func() (string, error) { return model.BackendClass(backend) },
	}
	sum, err := engine.Run(ctx, e.Graph, dag.RunOptions{Experiment: e.Resolved})
	if err != nil {
		return err
	}
	if err := sum.Err(); err != nil || sum.Status == dag.StatusOK {
		return err
	}
	return fmt.Errorf("the run is not right: %s", sum.Status) // a failed gate, or interrupted
}

// show prints what happens, a line each.
func show(e dag.Event) {
	switch e.What {
	case dag.Cached, dag.Finished:
		fmt.Printf("%s: %s, %s\n", e.Stage, e.What, e.Digest.Short())
	case dag.Noted:
		fmt.Printf("%s: %s: %s\n", e.Stage, e.Note.Name, e.Note.Text)
	case dag.Failed:
		fmt.Printf("%s: failed: %v\n", e.Stage, e.Err)
	case dag.Warned, dag.Said:
		fmt.Printf("%s: %s\n", e.Stage, e.Text)
	}
}
