package conv

// tables holds the tiles of the block each worker is at, by phase.
type tables struct{ workers [][]blockTiles }

func (f *Forward) newTables() *tables {
	t := &tables{workers: make([][]blockTiles, f.workers)}
	for i := range t.workers {
		for k := range f.phases {
			tiles := f.maxTiles(&f.phases[k])
			off := make([]int, tiles*f.mr*f.phases[k].tapEntries())
			t.workers[i] = append(t.workers[i], blockTiles{tiles: make([]tile, 0, tiles), off: off, px: make([]pixel, 0, f.mr)})
		}
	}
	return t
}

// maxTiles bounds the tiles of a phase in a block.
func (f *Forward) maxTiles(ph *phase) int {
	most := 0
	for _, b := range f.layout.blocks {
		images, places := b.n1-b.n0, shares(b.row1-b.row0, ph.h.step)*ph.w.count
		n := shares(images*places, f.mr)
		if f.layout.byPlace {
			n = shares(images, f.mr) * places
		}
		most = max(most, n)
	}
	return most
}
