package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"fashionpipe/formats"
	"fashionpipe/internal/giveup"
)

// TrainConfig says how to train. All of it changes the result.
type TrainConfig struct {
	Arch  string
	Width int // channels of the first block
	Loss  string
	LossConfig
	Epochs      int
	Batch       int // photos at once; the whole table if that is smaller
	Accumulate  int // batches per step, which takes the mean of their gradients; 0 is 1
	LR          float64
	Optimizer   string  // "adam", "adamw", "sgd" or "lars"
	Schedule    string  // "cosine" or "constant"
	Warmup      float64 // epochs over which the learning rate rises from 0
	WeightDecay float64 // of all but biases and batch normalisation, in the optimiser's way
	Momentum    float64 // of sgd and lars
	EMA         float64 // what an average of the weights keeps at a step, which the encoder then is; 0 for the weights themselves
	Patience    int     // epochs without a better validation after which training ends, and the best epoch is kept; 0: neither
	JudgeEvery  int     // epochs; 0 is 1
	Augment     Augment
	Seed        uint64
}

// Hooks are what training starts from, what it tells while it runs, where it keeps its checkpoint, and what judges it. All but Scratch may be nil.
type Hooks struct {
	From            *Encoder      // the network to start from, of the same architecture and width; nil for random weights
	Validation      *Validation   // after epochs, its score is the Recall of the history
	Scratch         string        // folder of the checkpoint; "" for none
	CheckpointEvery time.Duration // 0: 30 s
	Images          string        // where they are: ImagesAuto ("" too), ImagesDevice or ImagesStream
	Start           func(images int)
	Add             func(images int)
	Live            func(text string)
	Say             func(text string)
}

// Trained is the result of training.
type Trained struct {
	Info    formats.EncoderInfo
	Weights formats.Weights
	History []formats.HistoryRow // step 0 holds the measures before training
	Tasks   []TaskScore          // of the heads of Category and Colour
	Final   formats.HistoryRow   // the one of the weights: the last, or the best where training had patience
}

// trainer is a training run.
type trainer struct {
	b       *Backend
	im      Images
	cfg     TrainConfig
	hooks   Hooks
	goal    *objective
	step    *stepper
	meter   *collapseMeter
	judge   *validator // nil for none
	batches *batches
	batch   int           // photos
	steps   int           // per epoch
	done    int           // steps
	losses  [][]float64   // of each batch that the step under way has had: the loss, and what each head loses
	best    []namedTensor // the encoder's weights at the best epoch, where training has patience
	history []formats.HistoryRow
}

// Train trains a network on the two views of each image, as paper.md describes. In each epoch the images are shuffled
// and cut into batches; what is left over at the end of an epoch sits that epoch out. The same images, configuration
// and backend class give the same bytes, whether or not training was stopped and resumed on the way. When ctx ends,
// it writes a checkpoint and returns ctx's error; a step that would take longer than a second more is given up, and the
// last checkpoint stands.
func Train(ctx context.Context, b *Backend, im Images, cfg TrainConfig, hooks Hooks) (r *Trained, err error) {
	var t *trainer
	defer func() { err = t.heldImages(b.outOfMemory(err)) }()
	if t, err = newTrainer(ctx, b, im, cfg, hooks); err != nil {
		return nil, err
	}
	defer t.close()
	total := t.steps * cfg.Epochs
	t.tell(t.hooks.Start, total*t.cfg.Accumulate*t.batch)
	t.tell(t.hooks.Add, t.at()*t.batch)
	if t.done == 0 && len(t.history) == 0 {
		if err := t.measure(ctx, formats.NewHistoryRow(0, 0)); err != nil {
			return nil, err
		}
	}
	if err := t.loop(ctx, total); err != nil {
		return nil, err
	}
	if t.done < total {
		t.sayStopped()
	}
	return t.result()
}

func newTrainer(ctx context.Context, b *Backend, im Images, cfg TrainConfig, hooks Hooks) (*trainer, error) {
	edges, err := sizes(im)
	if err != nil {
		return nil, err
	}
	a, err := archByName(cfg.Arch)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(a.checkSize(edges[0]), a.checkSize(edges[1])); err != nil {
		return nil, err
	}
	if im.Len() < 2 {
		return nil, fmt.Errorf("training needs at least 2 images, and the table has %d", im.Len())
	}
	if cfg.Patience > 0 && hooks.Validation == nil {
		return nil, errors.New("patience needs images to validate on")
	}
	if cfg.Epochs < 1 || cfg.Width < 1 || cfg.Batch < 2 {
		return nil, fmt.Errorf("epochs %d, width %d, batch %d can't be", cfg.Epochs, cfg.Width, cfg.Batch)
	}
	cfg.Accumulate = max(cfg.Accumulate, 1)
	t := &trainer{b: b, im: im, cfg: cfg, hooks: hooks, batch: min(cfg.Batch, im.Len())}
	if err := b.checkBatch(t.batch); err != nil {
		return nil, err
	}
	if t.steps = im.Len() / (t.batch * cfg.Accumulate); t.steps == 0 {
		return nil, fmt.Errorf("a step takes accumulate × batch = %d × %d images, and the table has %d: lower one of the two",
			cfg.Accumulate, t.batch, im.Len())
	}
	if t.goal, err = newObjective(a, im, cfg, t.steps*cfg.Epochs); err != nil {
		return nil, err
	}
	t.goal.at(b.precision)
	if times := t.goal.ratio(); cfg.Projector == OwnWidth && times >= 10 {
		t.say("projector: %d wide as its authors have it, with %.0f times the network's weights, so it takes most of the time; a smaller one is faster",
			t.goal.cfg.Projector, times)
	}
	state, err := t.resume(ctx)
	if err != nil {
		return nil, err
	}
	return t, t.build(ctx, a, edges, state)
}

// build compiles the programs, and brings images to where they are wanted.
func (t *trainer) build(ctx context.Context, a *arch, edges [2]int, state map[string]tensor) (err error) {
	t.batches = newBatches(t.im, t.goal, t.batch, t.steps*t.cfg.Accumulate, t.cfg.Epochs)
	feed, says, err := newFeed(t.b, t.batches, t.at(), edges, t.hooks.Images)
	if err != nil {
		return err
	}
	if says != "" {
		t.say("%s", says)
	}
	made, err := giveup.Do(ctx, func() (*trainer, error) { // compiling can't be stopped
		step, err := newStepper(t.b, t.goal, t.batch, feed, state)
		if err != nil {
			return nil, err
		}
		meter, err := newCollapseMeter(t.b, a, t.im, t.cfg, edges)
		return &trainer{step: step, meter: meter}, err
	}, (*trainer).close)
	if err != nil {
		return err
	}
	t.step, t.meter = made.step, made.meter
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.hooks.Validation != nil {
		if t.judge, err = newValidator(t.hooks.Validation, t.meter); err != nil {
			return err
		}
	}
	if _, all := feed.(*resident); all {
		t.hold()
	}
	return feed.start(ctx)
}

// hold lets the device keep what is measured and validated after each epoch, too.
func (t *trainer) hold() {
	t.meter.held = [2]*held{{}, {}}
	if t.judge != nil && len(t.judge.Rows)*3*t.meter.sizes[0]*t.meter.sizes[0] <= pieceBytes {
		t.judge.held = &held{}
	}
}

// heldImages notes in an error of too little memory how much of it images take that would not have to be there.
func (t *trainer) heldImages(err error) error {
	var o *OutOfMemoryError
	if t == nil || t.step == nil || !errors.As(err, &o) {
		return err
	}
	if r, all := t.step.feed.(*resident); all {
		o.Held = r.bytes()
	}
	return err
}

// loop runs the steps that are left.
func (t *trainer) loop(ctx context.Context, total int) error {
	every := t.hooks.CheckpointEvery
	if every == 0 {
		every = 30 * time.Second
	}
	saved := time.Now()
	late, stop := after(ctx, finishStep)
	defer stop()
	batches := t.batches.from(ctx, t.at(), t.step.send)
	defer batches.Close()
	for t.done < total && !t.stopped() {
		b, err := batches.Next(ctx)
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), t.save())
		}
		if err != nil {
			return err
		}
		if err := t.one(late, b, total); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx) // in the middle of a step: the last checkpoint stands
			}
			return err
		}
		if time.Since(saved) >= every {
			if err := t.save(); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	return nil
}

// finishStep is how long a step may go on when training is told to stop, so that its checkpoint is of that moment. A step
// that takes longer is given up.
const finishStep = time.Second

// after gives a context that ends some time after ctx does.
func after(ctx context.Context, d time.Duration) (context.Context, func()) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(d):
			cancel()
		case <-late.Done():
		}
	})
	return late, func() { stop(); cancel() }
}

// at is the place of the next batch.
func (t *trainer) at() int { return t.done*t.cfg.Accumulate + len(t.losses) }

// one trains on a batch.
func (t *trainer) one(ctx context.Context, b *batch, total int) error {
	warmup := int(math.Round(t.cfg.Warmup * float64(t.steps)))
	lr := learningRate(t.cfg, t.done+1, total, min(warmup, total))
	last := len(t.losses)+1 == t.cfg.Accumulate
	values, err := t.step.step(ctx, b, lr, t.done+1, last)
	if err != nil {
		return fmt.Errorf("training step %d: %w", t.done+1, err)
	}
	if math.IsNaN(values[0]) || math.IsInf(values[0], 0) {
		return fmt.Errorf("training step %d: the loss is %v: training diverged, lower lr (%v)", t.done+1, values[0], t.cfg.LR)
	}
	t.tell(t.hooks.Add, t.batch)
	if t.losses = append(t.losses, values); !last {
		return nil
	}
	return t.stepped(ctx, b.epoch, lr)
}

// stepped notes a step, and measures if it was the epoch's last.
func (t *trainer) stepped(ctx context.Context, epoch int, lr float64) error {
	t.done++
	row := formats.NewHistoryRow(t.done, epoch)
	row.Loss, row.LR = mean(t.losses, 0), lr
	for i, task := range t.goal.tasks {
		loss, _, _ := task.note(&row)
		*loss = mean(t.losses, 1+i)
	}
	t.losses = nil
	if t.done%t.steps == 0 {
		if err := t.measure(ctx, row); err != nil {
			return err
		}
		t.live()
		return t.keepBest()
	}
	t.history = append(t.history, row)
	t.live()
	return nil
}

// mean is that of a column.
func mean(rows [][]float64, column int) float64 {
	sum := 0.0
	for _, r := range rows {
		sum += r[column]
	}
	return sum / float64(len(rows))
}

func (t *trainer) tell(f func(int), n int) {
	if f != nil {
		f(n)
	}
}

func (t *trainer) say(format string, args ...any) {
	if t.hooks.Say != nil {
		t.hooks.Say(fmt.Sprintf(format, args...))
	}
}

func (t *trainer) close() {
	t.step.close()
	t.meter.close()
	if t.judge != nil {
		t.judge.held.free()
	}
}
