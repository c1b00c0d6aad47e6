package stages

import "fashionpipe/dag"

// warnOfBatch says where batch is not what a step takes, and where much of each epoch sits out.
func (s *train) warnOfBatch(t *dag.Task, images int) {
	batch := s.Batch
	if batch > images {
		t.Warnf("batch", "%d is more than the %d photos: each step takes all of them", batch, images)
		batch = images
	}
	step := batch * s.Accumulate
	if out := images % step; step <= images && 4*out > images {
		t.Warnf("batch", "%d of %d photos sit each epoch out, what is left after steps of %d: a smaller batch leaves fewer", out, images, step)
	}
}
