package nearest

import (
	"context"
	"math"

	"fashionpipe/internal/parallel"
)

// assignHeld is Assign where a device holds the rows: it finds the nearest centre of each and how much farther the next
// one is. Rows for which that is less than values may be off are assigned here.
func (a *Assigner) assignHeld(ctx context.Context, centres []float64, label []int32) error {
	block := a.copies(centres)
	first, least, second, err := a.s.held.Two(ctx, block.rows, float32s(block.half))
	if err != nil {
		return err
	}
	reach, unclear := block.reach(), make([]bool, len(label))
	err = parallel.ForEach(ctx, (len(label)+blockRows-1)/blockRows, a.workers, func(_, b int) {
		for i := b * blockRows; i < min(len(label), (b+1)*blockRows); i++ {
			half := a.s.half[i]
			off := reach.off(a.s.norm[i]) + 4*margin*(max(0, float64(second[i])+half)+half)
			label[i] = first[i]
			unclear[i] = !(least[i] >= -math.MaxFloat32) || !(float64(second[i])-float64(least[i]) > 2*off) && block.len() > 1
		}
	})
	if err != nil {
		return err
	}
	return a.settle(ctx, unclear, centres, label)
}

// settle assigns the rows marked on this processor.
func (a *Assigner) settle(ctx context.Context, unclear []bool, centres []float64, label []int32) error {
	var rows []int32
	for i, u := range unclear {
		if u {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	own, squared := make([]int32, len(rows)), make([]float64, len(rows))
	if err := a.AssignSome(ctx, rows, centres, own, squared); err != nil {
		return err
	}
	for i, r := range rows {
		label[r] = own[i]
	}
	return nil
}
