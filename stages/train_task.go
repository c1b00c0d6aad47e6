package stages

import (
	"fashionpipe/dag"
	"fashionpipe/model"
)

const taskDoc = `In addition to the loss, heads can learn to predict properties of the photo. Each head is one linear layer
on the feature of the whole photo, the one that embed gives, not on the cell's: a cell shows texture, which need not
reveal the category. The head's loss, times its weight, is added to the objective; heads are discarded together with
the projector. Choose the weights relative to the loss: heads begin at 1 to 3, mse is below 1, ntxent and supcon are
near 4, vicreg near 20, and barlow grows with its projector.

  category  cross-entropy with the photo's category, over the categories in the
            images. Photos without a category are ignored.
  colour    the Kullback-Leibler divergence of the predicted colour histogram
            from that of the decoded photo before augmentation: the fractions
            of its pixels in 4×4×4 equal cells of the RGB cube.

The heads' losses at every step are in the history and beside the progress bar. How well heads predict is measured
together with the encoder, on the same sample of its own images: accuracy for the category, and for colours the mean
histogram intersection of prediction and truth (Swain & Ballard 1991). If images are connected to the port validation,
heads are also measured on those, after the same epochs as recall@1; photos of a category that is not among the
training photos are ignored. For comparison, the result also gives what predicting the most frequent category of the
training photos, or their mean histogram, would score.`

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
