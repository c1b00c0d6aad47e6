package stages

import (
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/model"
)

// validateAugment checks the parameters of augmentation.
func (s *train) validateAugment() error {
	for _, p := range []struct {
		name  string
		value float64
		most  float64
	}{
		{"geometry", s.Geometry, 1}, {"affine", s.Affine, 1}, {"perspective", s.Perspective, 1},
		{"jitter", s.Jitter, 1}, {"brightness", s.Brightness, 1}, {"contrast", s.Contrast, 1},
		{"saturation", s.Saturation, 1}, {"hue", s.Hue, 0.5}, {"grey", s.Grey, 1}, {"blur", s.Blur, 1}, {"cutout", s.Cutout, 1},
	} {
		if !(p.value >= 0 && p.value <= p.most) {
			return &dag.ParamError{Param: p.name, Msg: fmt.Sprintf("must be from 0 (none) to %v, not %v", p.most, p.value)}
		}
	}
	if !(s.Crop > 0 && s.Crop <= 1) {
		return &dag.ParamError{Param: "crop", Msg: fmt.Sprintf("must be above 0 and at most 1 (no crop), not %v", s.Crop)}
	}
	if s.Geometry > 0 && s.Affine+s.Perspective > 0 {
		return &dag.ParamError{Param: "geometry", Msg: "stands for affine and perspective together: set it, or one or both of those"}
	}
	if s.Jitter > 0 && s.Brightness+s.Contrast+s.Saturation+s.Hue > 0 {
		return &dag.ParamError{Param: "jitter", Msg: "stands for brightness, contrast, saturation and hue together: set it, or some of those, not both"}
	}
	return nil
}

// augment is how the parameters say that views are changed.
func (s *train) augment() model.Augment {
	a := model.Augment{
		Flip: s.Flip, Crop: s.Crop, Affine: s.Affine, Perspective: s.Perspective,
		Brightness: s.Brightness, Contrast: s.Contrast, Saturation: s.Saturation, Hue: s.Hue,
		Grey: s.Grey, Blur: s.Blur, Cutout: s.Cutout,
	}
	if s.Geometry > 0 {
		a = a.Geometry(s.Geometry)
	}
	if s.Jitter > 0 {
		a = a.Jitter(s.Jitter)
	}
	return a
}
