package model

import "runtime"

// RowsStandAlone says whether Embed gives an image the same vector, to the last bit, wherever it stands among the images
// and whatever the others are, so that vectors of an earlier table may be taken over for equal images. The kernels of
// the backend cpu promise it (a test holds them to it, for every network); of XLA and of GoMLX's Go backend nothing is
// known.
func (b *Backend) RowsStandAlone() bool { return b.name == "cpu" && goClass() == runtime.GOARCH }
