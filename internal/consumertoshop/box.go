package consumertoshop

// box is x, y, width, height, as the official script turns x1, y1, x2, y2 into it before it measures overlaps.
type box [4]float64

func toBox(b [4]float64) box { return box{b[0], b[1], b[2] - b[0], b[3] - b[1]} }

// iou is the intersection over the union of two boxes, as COCO's mask API works it out: in this order of operations, so
// that it has the same bits. Boxes of no area have no overlap with anything.
func (a box) iou(b box) float64 {
	w := min(a[2]+a[0], b[2]+b[0]) - max(a[0], b[0])
	h := min(a[3]+a[1], b[3]+b[1]) - max(a[1], b[1])
	if w <= 0 || h <= 0 {
		return 0
	}
	common := float64(w * h)
	return common / (float64(float64(a[2]*a[3])+float64(b[2]*b[3])) - common)
}
