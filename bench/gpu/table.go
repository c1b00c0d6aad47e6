package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fashionpipe/bench/networks"
)

// results are the records of a run.
type results []record

// table prints what was measured, and what follows of it. It is an error if a check failed, or if there was none.
func table(_ context.Context, o options) error {
	if len(o.args) != 1 {
		return errors.New("name the file of the results")
	}
	all, err := readRecords(o.args[0])
	if err != nil {
		return err
	}
	r := results(all)
	for _, task := range []string{"train", "embed"} {
		if err := r.speeds(task); err != nil {
			return err
		}
	}
	r.paper()
	r.bytes()
	return r.checks()
}

// of lists the records of a kind.
func (r results) of(what string) (list []record) {
	for _, x := range r {
		if x.What == what {
			list = append(list, x)
		}
	}
	return list
}

// speeds prints ours beside the best that the peer reached at the same work.
func (r results) speeds(task string) error {
	title := map[string]string{
		"train": "training, images a second (both views of each photo)",
		"embed": "inference, images a second",
	}[task]
	fmt.Printf("\n%-52s %6s %9s %9s %7s %9s  %s\n", title, "batch", "pipe", "PyTorch", "ratio", "of peak", "PyTorch's mode")
	for _, ours := range r.of("speed") {
		if ours.Task != task || ours.Who != "pipe" {
			continue
		}
		peak, err := r.share(ours)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("  %s, %d px, %s", ours.network(), ours.Size, ours.Precision)
		theirs := r.peer(ours)
		rate, ratio := "-", "-"
		if theirs.Rate > 0 {
			rate, ratio = fmt.Sprintf("%.0f", theirs.Rate), fmt.Sprintf("%.2f", ours.Rate/theirs.Rate)
		}
		fmt.Printf("%-52s %6d %9.0f %9s %7s %9s  %s\n", name, ours.Batch, ours.Rate, rate, ratio, peak, theirs.Mode)
	}
	return nil
}

func (x record) network() string { return strings.TrimSpace(x.Arch + " " + x.Layer) }

// peer is the fastest record of the peer for the same work.
func (r results) peer(ours record) (best record) {
	for _, x := range r.of("speed") {
		same := x.Who == "torch" && x.Task == ours.Task && x.Arch == ours.Arch && x.Batch == ours.Batch && x.Precision == ours.Precision
		if same && x.Rate > best.Rate {
			best = x
		}
	}
	return best
}

// share is how much of the measured rate of large matrix products is reached, by the operations of direct convolutions.
func (r results) share(x record) (string, error) {
	o, err := networks.Of(x.Arch, x.Layer, x.Size)
	if err != nil {
		return "", err
	}
	operations := o.Forward()
	if x.Task == "train" {
		operations = o.Training()
	}
	for _, p := range r.of("peaks") {
		peak := map[string]float64{"bf16": p.BF16TFLOPs, "tf32": p.TF32TFLOPs, "f32": p.F32TFLOPs}[x.Precision]
		return fmt.Sprintf("%.1f %%", 100*x.Rate*operations/(peak*1e12)), nil
	}
	return "-", nil
}

// best is our fastest training at a batch size; 0: at any.
func (r results) best(batch int) (best record) {
	for _, x := range r.of("speed") {
		if x.Who == "pipe" && x.Task == "train" && x.Precision == "bf16" && (batch == 0 || x.Batch == batch) && x.Rate > best.Rate {
			best = x
		}
	}
	return best
}

// What the paper's training takes.
const (
	paperPhotos = 50_000
	paperEpochs = 100
)

// paper prints how long the paper's training would take: by the steady rate alone, and with what the measured training took
// beside its steps.
func (r results) paper() {
	const images = 2 * paperPhotos * paperEpochs
	if best := r.best(0); best.Rate > 0 {
		fmt.Printf("\n%d photos × %d epochs × 2 views at the rate of batch %d: %.1f minutes\n",
			paperPhotos, paperEpochs, best.Batch, images/best.Rate/60)
	}
	for _, w := range r.of("whole") {
		took := w.Stages["encoder"]
		fmt.Printf("measured: the stage that trains on %d images in %d epochs, compiling, upload and validation included: %.1f s\n", w.Images, w.Epochs, took)
		s := r.best(w.Batch)
		if s.Rate == 0 || w.LoopImages == 0 {
			continue
		}
		ready, steps := took-w.LoopS, float64(w.LoopImages)/s.Rate
		beside := (w.LoopS - steps) / float64(w.Epochs)
		fmt.Printf("  %.1f s until its first steps, then %.1f s, of which the rate of batch %d projects %.1f s: an epoch takes %.2f s more\n",
			ready, w.LoopS, w.Batch, steps, beside)
		fmt.Printf("  so the paper's training by batches of %d: %.1f minutes; for as much more as its validation has more photos\n",
			w.Batch, (ready+images/s.Rate+paperEpochs*beside)/60)
	}
}

// bytes tells whether the same short training gave the same weights each time, within a process and in others.
func (r results) bytes() {
	digests := map[string][]string{}
	for _, x := range r.of("bytes") {
		digests[x.Precision] = append(digests[x.Precision], x.Digest)
	}
	for _, p := range []string{"f32", "tf32", "bf16"} {
		if d := digests[p]; len(d) > 0 {
			fmt.Printf("the same training %d times, %s: distinct results, to the byte: %d\n", len(d), p, len(distinct(d)))
		}
	}
}

func distinct(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// checks prints those that failed, and how many there were.
func (r results) checks() error {
	all := r.of("check")
	good := 0
	for _, x := range all {
		if x.OK {
			good++
			continue
		}
		fmt.Println("FAILED", x.Name)
	}
	fmt.Printf("%d of %d checks are within their limits\n", good, len(all))
	if good < len(all) || good == 0 {
		return errors.New("not every check is within its limit")
	}
	return nil
}
