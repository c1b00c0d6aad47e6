package model

import (
	"context"
	"sync"

	"fashionpipe/internal/ordered"
)

// batches are those of a whole training, one epoch after the other. What a batch is depends on the configuration and its
// place alone, so batches can be made ahead, and from any place on.
type batches struct {
	im       Images
	goal     *objective
	size     int // photos
	perEpoch int
	all      int

	mu     sync.Mutex
	orders map[int][]int // of epochs, the ones asked for last
}

func newBatches(im Images, goal *objective, size, perEpoch, epochs int) *batches {
	return &batches{im: im, goal: goal, size: size, perEpoch: perEpoch, all: perEpoch * epochs, orders: map[int][]int{}}
}

// batch is all that a step is given of a batch but the pixels.
type batch struct {
	at      int // place in the training, from 0
	epoch   int
	rows    []int        // of the table
	views   [2]pick      // whole, cell
	numbers [2][]float32 // of Augment.draw, for each view
	given   []tensor     // what objective.give gives
	sent    []input      // of each view what feed.rows names and the numbers, and what is given: on the device
}

func (b *batch) free() {
	for _, x := range b.sent {
		x.release()
	}
}

// rows are those of the batch at a place, and its epoch.
func (s *batches) rows(at int) (rows []int, epoch int) {
	epoch = at/s.perEpoch + 1
	first := at % s.perEpoch * s.size
	return s.order(epoch)[first : first+s.size], epoch
}

// order is that of an epoch's rows. Those who ask are never many epochs apart.
func (s *batches) order(epoch int) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orders[epoch] == nil {
		if len(s.orders) == 3 {
			for old := range s.orders {
				delete(s.orders, old)
			}
		}
		s.orders[epoch] = s.goal.order(epoch, s.im.Len())
	}
	return s.orders[epoch]
}

// views picks both views of the batch at a place.
func (s *batches) views(at int) (views [2]pick) {
	rows, epoch := s.rows(at)
	for i, v := range bothViews {
		views[i] = drawn(s.im, v, rows, s.goal.cfg.Seed, epoch)
	}
	return views
}

// make makes the batch at a place.
func (s *batches) make(at int) *batch {
	b := &batch{at: at, views: s.views(at)}
	b.rows, b.epoch = s.rows(at)
	for i, v := range bothViews {
		b.numbers[i] = s.goal.cfg.Augment.draw(s.goal.cfg.Seed, b.epoch, v, b.rows)
	}
	b.given = s.goal.give(b.rows)
	return b
}

// from makes the batches from a place on and sends them, each while the step before it goes on: chances take a core 3 µs for a
// photo, a view and an augmentation, which would be a large share of a GPU's step.
func (s *batches) from(ctx context.Context, at int, send func(*batch) error) *ordered.Ahead[*batch] {
	return ordered.NewAhead(ctx, s.all-at, func(_ context.Context, i int) (*batch, error) {
		b := s.make(at + i)
		return b, send(b)
	}, (*batch).free)
}

// sizes are the edges of both views of a table, pixels.
func sizes(im Images) (edges [2]int, err error) {
	for i, v := range bothViews {
		if edges[i], err = viewSize(im, v); err != nil {
			return edges, err
		}
	}
	return edges, nil
}

// bothViews are a photo's, in the order in which everything has them.
var bothViews = [2]View{Whole, Cell}

// joined are picks of one view one after the other.
func joined(picks []pick) pick {
	all := pick{view: picks[0].view}
	for _, p := range picks {
		all.rows = append(all.rows, p.rows...)
		all.cells = append(all.cells, p.cells...)
	}
	return all
}

// numbers are the places of a pick's images among all of its view: cells of a row are one after the other.
func (p pick) numbers(im Images) []int32 {
	perRow := perRow(im, p.view)
	at := make([]int32, len(p.rows))
	for j, row := range p.rows {
		at[j] = int32(row * perRow)
		if p.cells != nil {
			at[j] += int32(p.cells[j])
		}
	}
	return at
}

// span picks the images from to to among all of a view.
func span(im Images, v View, from, to int) pick {
	p, perRow := pick{view: v}, perRow(im, v)
	for i := from; i < to; i++ {
		p.rows = append(p.rows, i/perRow)
		if perRow > 1 {
			p.cells = append(p.cells, i%perRow)
		}
	}
	return p
}

// perRow is how many images of a view a row has.
func perRow(im Images, v View) int {
	if v != Cell {
		return 1
	}
	return max(1, im.Spec().CellCount())
}
