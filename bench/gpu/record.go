package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// record is a line of the results, of any kind: What says which.
type record struct {
	What string `json:"what"` // peaks, speed, check, bytes, whole

	// Of peaks, which the peer measures.
	CopyGBs    float64 `json:"copy_gbs,omitempty"` // bytes read and written, in 10⁹ a second
	BF16TFLOPs float64 `json:"bf16_tflops,omitempty"`
	TF32TFLOPs float64 `json:"tf32_tflops,omitempty"`
	F32TFLOPs  float64 `json:"f32_tflops,omitempty"`

	// Of speed: images a second, of a training step both views.
	Who       string  `json:"who,omitempty"`  // pipe or torch
	Task      string  `json:"task,omitempty"` // train or embed
	Arch      string  `json:"arch,omitempty"`
	Layer     string  `json:"layer,omitempty"`
	Batch     int     `json:"batch,omitempty"`
	Size      int     `json:"size,omitempty"`
	Precision string  `json:"precision,omitempty"`
	Mode      string  `json:"mode,omitempty"`    // of torch.compile
	ReadyS    float64 `json:"ready_s,omitempty"` // seconds up to the first step: the network made and compiled
	Rate      float64 `json:"rate,omitempty"`    // the median of some windows
	Low       float64 `json:"low,omitempty"`
	High      float64 `json:"high,omitempty"`

	// Of check. NaN, which JSON lacks, is left out.
	Name  string   `json:"name,omitempty"`
	OK    bool     `json:"ok,omitempty"`
	Got   *float64 `json:"got,omitempty"`
	Limit float64  `json:"limit,omitempty"`
	// Of checks of clusters, which are the same or not: how long they took.
	DeviceS    float64 `json:"device_s,omitempty"`
	ProcessorS float64 `json:"processor_s,omitempty"`

	// Of bytes: the SHA-256 of the weights of a short training.
	Digest string `json:"digest,omitempty"`

	// Of whole.
	Images     int                `json:"images,omitempty"`      // that the training's steps took
	LoopImages int                `json:"loop_images,omitempty"` // of them, those after the first that it told of
	LoopS      float64            `json:"loop_s,omitempty"`      // seconds from there to the end of the stage
	Epochs     int                `json:"epochs,omitempty"`
	Stages     map[string]float64 `json:"stages,omitempty"` // seconds
}

// emit adds records to the results.
func (o options) emit(records ...record) error {
	f, err := os.OpenFile(o.out, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, r := range records {
		if err := json.NewEncoder(f).Encode(r); err != nil {
			return err
		}
	}
	return nil
}

func readRecords(path string) (all []record, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		all = append(all, r)
	}
	return all, lines.Err()
}

// rate puts the images a second of some windows into a record.
func (r *record) rate(windows []float64) {
	slices.Sort(windows)
	n := len(windows)
	r.Rate, r.Low, r.High = (windows[(n-1)/2]+windows[n/2])/2, windows[0], windows[n-1]
}

// show prints a speed.
func (r record) show() {
	fmt.Printf("%s %s %s %s, batch %d: %.0f images/s (%.0f to %.0f); first step after %.0f s\n",
		r.Who, r.Task, r.Arch, r.Precision, r.Batch, r.Rate, r.Low, r.High, r.ReadyS)
}
