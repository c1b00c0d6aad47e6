package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"fashionpipe/formats"
)

// event is what pipe says by --log json.
type event struct {
	Event, Stage string
	Time         time.Time
	Done, Total  int // photos
	Took         float64
}

// whole runs pipe by the arguments, `run --log json …`, whose results go to the folder -data, and notes what the stages
// took. The training's size it reads from the encoder.
func whole(ctx context.Context, o options) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, o.args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := record{What: "whole", Batch: o.batch, Precision: o.precision, Stages: map[string]float64{}}
	var first event // of the training's progress
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		if e.Event == "progress" {
			if e.Stage == "encoder" && e.Done > 0 && first.Done == 0 {
				first = e
			}
			continue
		}
		fmt.Fprintln(os.Stderr, lines.Text())
		if e.Event == "finished" {
			r.Stages[e.Stage] = e.Took
		}
		if e.Event == "finished" && e.Stage == "encoder" {
			r.LoopS, r.LoopImages = e.Time.Sub(first.Time).Seconds(), 2*(first.Total-first.Done)
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("pipe run: %w", err)
	}
	info, err := formats.ReadEncoderInfo(filepath.Join(o.data, "encoder"))
	if err != nil {
		return err
	}
	r.Images, r.Epochs = 2*info.Steps*o.batch, info.Epochs
	for _, stage := range slices.Sorted(maps.Keys(r.Stages)) {
		fmt.Printf("pipe run: %s %.1f s\n", stage, r.Stages[stage])
	}
	return o.emit(r)
}
