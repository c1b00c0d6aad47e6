package model

import "math"

// emaDecay is what an average of the weights keeps of itself at step t (from 1), where ema is the most it keeps. It is
// timm's ModelEmaV3 with its warm-up (gamma 1, power 2/3): nothing at the first step, so that the average forgets where
// training began, and rising to ema; 0.99 is reached after 1,000 steps, 0.999 after 31,600. Running statistics are averaged like weights, as there.
func emaDecay(ema float64, t int) float64 {
	if t <= 1 {
		return 0
	}
	return min(ema, 1-math.Pow(float64(t), -2.0/3))
}
