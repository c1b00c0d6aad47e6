package model

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"fashionpipe/formats"
	"fashionpipe/internal/parallel"
)

// task is something that is learnt beside the loss: a head, one linear layer on the feature of the whole photo, predicts a
// distribution over some classes, which is known of the photo.
type task struct {
	name   string
	weight float64 // of what it loses, beside the loss
	head   mlp
	// target puts the distribution known of a row of a table into p, all zeros; nothing where it is not known.
	target func(im Images, row int, p []float32)
	// score says how good a predicted distribution is: 0 … 1.
	score func(predicted, target []float64) float64
	note  func(row *formats.HistoryRow) (loss, score, validation *float64) // where history keeps it
}

// newTasks are those with a weight.
func newTasks(im Images, cfg TrainConfig, dim int) (tasks []task, err error) {
	if cfg.Category > 0 {
		t, err := categoryTask(im, cfg.Category, dim)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	if cfg.Colour > 0 {
		tasks = append(tasks, colourTask(cfg.Colour, dim))
	}
	return tasks, nil
}

func newTask(name string, weight float64, dim, classes int) task {
	return task{name: name, weight: weight, head: mlp{name: name, in: dim, layers: []layer{{out: classes, bias: true}}}}
}

// categoryTask predicts a photo's category, among those of the table im, by their names. Photos without one of these don't
// count.
func categoryTask(im Images, weight float64, dim int) (task, error) {
	count := map[string]int{}
	for i := range im.Len() {
		if c := im.Labels(i).Category; c != "" {
			count[c]++
		}
	}
	var names []string
	for c := range count {
		names = append(names, c)
	}
	if len(names) < 2 {
		return task{}, fmt.Errorf("category %v: there is nothing to tell apart, since the photos have %d categories: set category to 0, or take photos with labels", weight, len(names))
	}
	slices.Sort(names)
	t := newTask("category", weight, dim, len(names))
	t.target = func(im Images, row int, p []float32) {
		if i, ok := slices.BinarySearch(names, im.Labels(row).Category); ok {
			p[i] = 1
		}
	}
	t.score = func(predicted, target []float64) float64 { return target[largest(predicted)] }
	t.note = func(r *formats.HistoryRow) (loss, score, validation *float64) {
		return &r.CategoryLoss, &r.CategoryAccuracy, &r.ValidationCategoryAccuracy
	}
	return t, nil
}

func largest(x []float64) (at int) {
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// colourLevels are the levels of red, green and blue that a colour histogram tells apart.
const colourLevels = 4

// colourTask predicts the colour histogram of a whole photo as it was decoded, before any augmentation: the shares of its
// pixels in 4×4×4 equal parts of the RGB cube (Swain & Ballard 1991, whose intersection is the score).
func colourTask(weight float64, dim int) task {
	t := newTask("colour", weight, dim, colourLevels*colourLevels*colourLevels)
	t.target = func(im Images, row int, p []float32) { histogram(im.Whole(row), p) }
	t.score = func(predicted, target []float64) (shared float64) {
		for i, v := range predicted {
			shared += min(v, target[i])
		}
		return shared
	}
	t.note = func(r *formats.HistoryRow) (loss, score, validation *float64) {
		return &r.ColourLoss, &r.ColourOverlap, &r.ValidationColourOverlap
	}
	return t
}

// histogram adds up the shares of pixels [S, S, 3].
func histogram(pixels []byte, p []float32) {
	const step = 256 / colourLevels
	var count [colourLevels * colourLevels * colourLevels]int
	for i := 0; i+2 < len(pixels); i += 3 {
		r, g, b := int(pixels[i]/step), int(pixels[i+1]/step), int(pixels[i+2]/step)
		count[(r*colourLevels+g)*colourLevels+b]++
	}
	for i, n := range count {
		p[i] = float32(float64(n) / float64(len(pixels)/3))
	}
}

// targets are those of rows of a table: [N, classes].
func (t task) targets(im Images, rows []int) []float32 {
	n := t.head.out()
	all := make([]float32, n*len(rows))
	parallel.For(len(rows), func(_, i int) { t.target(im, rows[i], all[i*n:(i+1)*n]) })
	return all
}

// value is what the head loses on features [N, dim]: the Kullback-Leibler divergence of the predicted distributions from
// targets [N, classes], averaged over the rows that have one. For a class it is the cross-entropy.
func (t task) value(params map[string]*Node, features, targets *Node) *Node {
	predicted := logSoftmax(t.head.apply(params, features))
	known := Log(MaxScalar(targets, float32(1e-30))) // where a target is 0, it counts 0 times
	rows := MaxScalar(ReduceAllSum(targets), float32(1))
	return Div(ReduceAllSum(Mul(targets, Sub(known, predicted))), rows)
}
