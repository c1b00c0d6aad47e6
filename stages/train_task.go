package stages

import (
	"fashionpipe/dag"
	"fashionpipe/model"
)

const taskDoc = `Beside the loss, heads may learn from what is known of the whole photo. Each is one linear layer on its feature, the one
that embed gives, not on the cell's: a cell shows texture, and need not tell the category. What a head loses is added, by its
weight, to what is minimised; heads are dropped with the projector. A weight is to be seen beside the loss: heads
begin at 1 to 3, mse lies below 1, ntxent and supcon near 4, vicreg near 20, and barlow grows with its projector.

  category  cross-entropy with the photo's category, among those of the images.
            Photos without one don't count.
  colour    the colour histogram of the photo as decoded, before any
            augmentation: the shares of its pixels in 4×4×4 equal parts of the
            RGB cube. Lost is the Kullback-Leibler divergence of the predicted
            histogram from it.

What each loses at every step is in the history and beside the bar; how well it predicts is measured with the encoder, on the
same of its own images: the share of right categories, and the mean intersection of predicted and true histograms, what they
share (Swain & Ballard 1991). With images on the port validation it is measured on those too, after the same epochs as
recall@1; photos of a category that was not learnt don't count. Beside it stands what the most frequent category of the
training photos, or their mean histogram, would reach.`

// noteTasks says how well heads predict, beside what the mean of all training photos would score.
func noteTasks(t *dag.Task, r *model.Trained) {
	for _, s := range r.Tasks {
		name, photos, mean := s.Name, "training photos", "the mean histogram"
		if s.Validation {
			name, photos, mean = s.Name+", validation", "validation photos", "the training photos' mean histogram"
		}
		switch {
		case s.Photos == 0:
			t.Resultf(name, "no %s have a category that was learnt", photos)
		case s.Name == "category":
			t.Resultf(name, "%.3f of %d %s right (the most frequent category alone: %.3f)", s.Score, s.Photos, photos, s.Plain)
		case s.Name == "colour":
			t.Resultf(name, "%.3f overlap with the histograms of %d %s (%s alone: %.3f)", s.Score, s.Photos, photos, mean, s.Plain)
		}
	}
}
