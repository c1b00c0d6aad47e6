package model

import (
	"strings"
	"testing"

	"fashionpipe/formats"
)

func TestDoubtText(t *testing.T) {
	for name, c := range map[string]struct {
		measures formats.Collapse
		want     string
	}{
		"healthy":         {formats.Collapse{EffectiveRank: 40, PairRatio: 0.2}, ""},
		"few directions":  {formats.Collapse{EffectiveRank: 1.7, PairRatio: 0.2}, "effective rank 1.7 of 128"},
		"views far apart": {formats.Collapse{EffectiveRank: 40, PairRatio: 0.95}, "random pairs 0.95"},
	} {
		got := DoubtText(formats.EncoderInfo{Dim: 128, Collapse: c.measures})
		if got == "" != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", name, got, c.want)
		}
	}
}
