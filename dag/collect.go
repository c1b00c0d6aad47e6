package dag

import (
	"context"
	"time"

	"fashionpipe/dag/store"
)

// PlanGC finds what a garbage collection would take away, see store.Plan: k.Now and k.Used are filled in.
func PlanGC(ctx context.Context, s *store.Store, k store.KeepOptions) (*store.Garbage, error) {
	k.Now = time.Now()
	k.Used = func(run string) ([]Digest, error) { return UsedBy(s, run) }
	return s.Plan(ctx, k)
}
