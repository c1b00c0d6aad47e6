package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// resume gives the state to start from: a checkpoint's, or a fresh initialisation.
func (t *trainer) resume(ctx context.Context) (map[string]tensor, error) {
	fresh, err := t.goal.start(ctx)
	if err != nil {
		return nil, err
	}
	if t.hooks.From != nil {
		maps.Copy(fresh, t.hooks.From.weights)
	}
	if t.hooks.Scratch == "" {
		return fresh, nil
	}
	c, err := readCheckpoint(t.hooks.Scratch)
	if errors.Is(err, errDamaged) {
		t.say("training starts over: %v", err)
		return fresh, nil
	}
	if err != nil || c == nil {
		return fresh, err
	}
	if c.Config != t.cfg || c.Images != t.im.Len() {
		t.say("training starts over: the checkpoint in %s is of another configuration", t.hooks.Scratch)
		return fresh, nil
	}
	state := map[string]tensor{}
	for _, n := range c.State {
		state[n.Name] = tensor{n.Shape, n.Data}
	}
	t.done, t.losses, t.best, t.history = c.Step, c.Losses, c.Best, c.History
	t.say("goes on from the checkpoint at step %d", t.done)
	return state, nil
}

// save writes a checkpoint.
func (t *trainer) save() error {
	if t.hooks.Scratch == "" {
		return nil
	}
	state, err := t.step.state.snapshot()
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	c := &checkpoint{Config: t.cfg, Images: t.im.Len(), Step: t.done, Losses: t.losses, Best: t.best, History: t.history}
	c.State = named(state)
	return c.write(t.hooks.Scratch)
}
