package report

import (
	"fmt"
	"slices"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// movers draws some of the photos that moved by themselves.
func (v *driftView) movers(b *builder, d *formats.Drift) error {
	var alone []formats.Move
	for _, m := range d.Moves {
		if m.How == "moved" || m.How == formats.Died {
			alone = append(alone, m)
		}
	}
	v.Alone = len(alone)
	picked := rng.New(b.o.Seed, "report", "movers").Perm(len(alone))[:min(driftMovers, len(alone))]
	slices.Sort(picked)
	for _, i := range picked {
		s, err := b.shot(formats.Labels{ID: alone[i].ID}, montagePixels)
		if err != nil {
			return err
		}
		v.Movers = append(v.Movers, mover{s, cluster(alone[i].Before), cluster(alone[i].Now)})
	}
	return nil
}

func cluster(k *int32) string {
	if k == nil {
		return "none"
	}
	return fmt.Sprint(*k)
}
