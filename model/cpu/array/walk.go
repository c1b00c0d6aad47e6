package array

// walk does the units from to limit-1 of m, in their order.
func walk[T unit](m *Move, dst, src []T, dstOff, srcOff, from, limit int) {
	col := from % m.colUnits
	row := from / m.colUnits % m.rowUnits
	o := newOdometer(m.outer, from/(m.colUnits*m.rowUnits))
	d, s := m.dst0+dstOff, m.src0+srcOff
	for range limit - from {
		rows, cols := m.rows, m.cols
		r0, c0 := row*m.rowStep, col*m.colStep
		rows.n, cols.n = min(m.rowStep, rows.n-r0), min(m.colStep, cols.n-c0)
		rectangle(m.shape, dst, src, d+o.dst+r0*rows.dst+c0*cols.dst, s+o.src+r0*rows.src+c0*cols.src, rows, cols)
		if col++; col < m.colUnits {
			continue
		}
		col = 0
		if row++; row < m.rowUnits {
			continue
		}
		row = 0
		o.next()
	}
}
