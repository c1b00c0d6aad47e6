package model

import (
	"fmt"
	"math"
)

// taskScore is how well a head predicts.
type taskScore struct {
	task task
	mean float64 // of the photos that have a target; NaN where none has
}

// TaskScore says how well a head predicted photos that it was trained on, as the encoder sees them in use.
type TaskScore struct {
	Name   string  // "category" or "colour"
	Score  float64 // category: share that is right; colour: mean intersection of the histograms
	Plain  float64 // that of predicting the mean of all for each: the most frequent category, the mean histogram
	Photos int     // up to collapseSample
}

// scoreTasks lets the heads predict from the features that the meter measured last.
func (t *trainer) scoreTasks() (scores []taskScore, err error) {
	dim := t.goal.dim()
	for _, task := range t.goal.tasks {
		var weights [2][]float32
		for i, w := range task.head.weights() { // weight, bias
			if weights[i], err = download(t.step.state.array(t.step.kept(w.name))); err != nil {
				return nil, fmt.Errorf("read the head %s: %w", task.name, err)
			}
		}
		mean, _ := task.meanScore(t.meter.rows, func(i int) []float64 {
			return predict(weights[0], weights[1], t.meter.whole[i*dim:(i+1)*dim])
		})
		scores = append(scores, taskScore{task, mean})
	}
	return scores, nil
}

// meanScore is the mean over the rows that have a target, and how many these are. predict gives the distribution for rows[i].
func (t task) meanScore(rows []int, predict func(i int) []float64) (mean float64, known int) {
	for i, row := range rows {
		if target, ok := t.known(row); ok {
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
func (t task) known(row int) (target []float64, ok bool) {
	target = make([]float64, t.head.out())
	for i, p := range t.targets([]int{row}) {
		target[i] = float64(p)
		ok = ok || p > 0
	}
	return target, ok
}

// plain is the score of predicting the mean target for every row.
func (t task) plain(rows []int) (score float64, known int) {
	sum := make([]float64, t.head.out())
	for _, row := range rows {
		target, ok := t.known(row)
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
	return t.meanScore(rows, func(int) []float64 { return sum })
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

// taskScores are those of the weights that the encoder keeps.
func (t *trainer) taskScores() (scores []TaskScore) {
	final := t.final()
	for _, task := range t.goal.tasks {
		_, score := task.note(&final)
		plain, photos := task.plain(t.meter.rows)
		scores = append(scores, TaskScore{task.name, *score, plain, photos})
	}
	return scores
}
