package conv

// pixelBlock is output rows row0 … row1-1 of images n0 … n1-1: pixels worked on together.
type pixelBlock struct{ n0, n1, row0, row1 int }

func (b *pixelBlock) pixels(width int) int { return (b.n1 - b.n0) * (b.row1 - b.row0) * width }

// cut cuts all images of s into blocks of about target pixels: several images each, of which most may be one, or several
// rows of one image, a multiple of step but for the last.
func cut(s *Shape, target, most, step int) []pixelBlock {
	images, area := s.images(), s.OH*s.OW
	if images*area == 0 {
		return nil
	}
	n := max(1, min(most, target/area))
	n = shares(images, shares(images, n))
	parts := max(1, min(s.OH, (n*area+target/2)/target))
	rows := min(s.OH, shares(shares(s.OH, step), parts)*step)
	var blocks []pixelBlock
	for i := 0; i < images; i += n {
		for r := 0; r < s.OH; r += rows {
			blocks = append(blocks, pixelBlock{i, min(images, i+n), r, min(s.OH, r+rows)})
		}
	}
	return blocks
}

// shares is n/size, rounded up.
func shares(n, size int) int { return (n + size - 1) / size }
