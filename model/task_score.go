package model

import (
	"fmt"
	"math"
)

// TaskScore says how well a head predicts photos of one table, as the encoder sees them in use.
type TaskScore struct {
	Name       string  // "category" or "colour"
	Validation bool    // whether they are those to validate on, else they are of those that it learnt from
	Score      float64 // category: share that is right; colour: mean intersection of the histograms
	Plain      float64 // that of predicting the mean of the latter for each: the most frequent category, the mean histogram
	Photos     int     // that have a target. NaN are the scores of none
}

// sample is some photos of a table, and what the network last made of them.
type sample struct {
	im       Images
	rows     []int
	features []float32 // [len(rows), dim]
}

// scoreTasks lets the heads predict the photos of a sample: the mean score of each; NaN where no photo has a target.
func (t *trainer) scoreTasks(s sample) (scores []float64, err error) {
	dim := t.goal.dim()
	for _, task := range t.goal.tasks {
		var weights [2][]float32
		for i, w := range task.head.weights() { // weight, bias
			if weights[i], err = download(t.step.state.array(t.step.kept(w.name))); err != nil {
				return nil, fmt.Errorf("read the head %s: %w", task.name, err)
			}
		}
		mean, _ := task.meanScore(s, func(i int) []float64 {
			return predict(weights[0], weights[1], s.features[i*dim:(i+1)*dim])
		})
		scores = append(scores, mean)
	}
	return scores, nil
}

// meanScore is the mean over the photos that have a target, and how many these are. predict gives the distribution for rows[i].
func (t task) meanScore(s sample, predict func(i int) []float64) (mean float64, known int) {
	for i, row := range s.rows {
		if target, ok := t.known(s.im, row); ok {
			known++
			mean += t.score(predict(i), target)
		}
	}
	if known == 0 {
		return math.NaN(), 0
	}
	return mean / float64(known), known
}

// known is the target of a row, if it has one.
func (t task) known(im Images, row int) (target []float64, ok bool) {
	target = make([]float64, t.head.out())
	for i, p := range t.targets(im, []int{row}) {
		target[i] = float64(p)
		ok = ok || p > 0
	}
	return target, ok
}

// meanTarget is the mean over the photos that have one.
func (t task) meanTarget(s sample) []float64 {
	sum, known := make([]float64, t.head.out()), 0
	for _, row := range s.rows {
		target, ok := t.known(s.im, row)
		for i, p := range target {
			sum[i] += p
		}
		if ok {
			known++
		}
	}
	for i := range sum {
		sum[i] /= float64(max(known, 1))
	}
	return sum
}

// taskScores are those of the weights that the encoder keeps.
func (t *trainer) taskScores() (scores []TaskScore) {
	final := t.final()
	for _, task := range t.goal.tasks {
		mean := task.meanTarget(t.meter.sample())
		add := func(validation bool, score float64, s sample) {
			plain, photos := task.meanScore(s, func(int) []float64 { return mean })
			scores = append(scores, TaskScore{task.name, validation, score, plain, photos})
		}
		_, score, validation := task.note(&final)
		add(false, *score, t.meter.sample())
		if t.judge != nil {
			add(true, *validation, t.judge.sample())
		}
	}
	return scores
}

// predict is the softmax of w·x + b, w [classes, len(x)].
func predict(w, b, x []float32) []float64 {
	p := make([]float64, len(b))
	top := math.Inf(-1)
	for c := range p {
		p[c] = float64(b[c])
		for i, v := range x {
			p[c] += float64(w[c*len(x)+i]) * float64(v)
		}
		top = max(top, p[c])
	}
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}
