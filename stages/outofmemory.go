package stages

import (
	"errors"
	"fmt"

	"fashionpipe/internal/machine"
	"fashionpipe/model"
)

// adviseBatch says what to do where there is too little memory for a batch of a training, which devices share equally; other
// errors it leaves alone.
func adviseBatch(err error, batch, accumulate, devices int, precision string) error {
	var o *model.OutOfMemoryError
	if !errors.As(err, &o) {
		return err
	}
	if o.Images {
		return &advised{o, fmt.Sprintf("%s while the photos were brought there: set images to stream", o)}
	}
	text := fmt.Sprintf("%s; a batch of %d photos needs too much: %s", o, batch, smallerBatch(o.Fitting(batch, devices), batch, accumulate, devices))
	if o.Held > o.Usable/10 {
		text += fmt.Sprintf("; with images: stream the photos don't take %s of it", machine.RoundBytes(o.Held))
	}
	if model.Precision(precision) != model.BF16 {
		text += "; with precision: bf16 it needs less"
	}
	return &advised{o, text}
}

// smallerBatch names a batch that fits, and one with which a step is of as many photos as before.
func smallerBatch(fits, batch, accumulate, devices int) string {
	if fits < 2 { // the fewest that training takes
		return "use smaller images (size of decode), a smaller arch or width, or backend: cpu"
	}
	for parts := 2; parts <= batch/2; parts++ {
		same := batch / parts
		switch {
		case batch%parts != 0 || same%devices != 0 || same > fits:
		case same == fits:
			return fmt.Sprintf("try batch: %d (and accumulate: %d for steps of as many photos)", fits, parts*accumulate)
		default:
			return fmt.Sprintf("try batch: %d, or batch: %d and accumulate: %d for steps of as many photos", fits, same, parts*accumulate)
		}
	}
	return fmt.Sprintf("try batch: %d", fits)
}

// adviseEmbed says what to do where the device has too little memory for a network that reads images of size pixels.
func adviseEmbed(err error, size int) error {
	var o *model.OutOfMemoryError
	if !errors.As(err, &o) {
		return err
	}
	return &advised{o, fmt.Sprintf("%s; images of %d pixels need too much: end what else uses the device (nvidia-smi lists it), use smaller images (size of decode), or backend: cpu", o, size)}
}

// advised is an error in words for people, which wraps the one it is about.
type advised struct {
	err  error
	text string
}

func (a *advised) Error() string { return a.text }
func (a *advised) Unwrap() error { return a.err }
