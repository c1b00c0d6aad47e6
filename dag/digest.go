package dag

import (
	"context"

	"fashionpipe/dag/store"
)

// DigestFolder gives the digest that a folder outside the store has, or would have, as an artifact: over the paths,
// sizes and bytes of all files below it.
func DigestFolder(ctx context.Context, dir string) (Digest, error) {
	return store.DigestFolder(ctx, dir)
}
