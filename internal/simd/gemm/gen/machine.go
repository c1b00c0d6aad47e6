package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// machine is a set of vector instructions with the shape of its tile, and the assembly being written.
//
// A tile is two vectors wide. Its sums are in the vector registers 2r and 2r+1 for row r; the others hold two vectors of
// B and numbers of A, each repeated over a whole vector.
type machine struct {
	*build.Context
	name, file string
	mr         int            // rows of a tile
	numbers    int            // in a vector
	vector     []reg.Register // all vector registers
	unroll     int            // steps in a loop of rows

	data func() // what the functions keep in memory

	// What the two sets spell differently. The mask is that of a row's last vector.
	zero  func(v reg.Register)
	mask  func(n reg.GPPhysical)                 // makes the mask of n numbers, 1 … all, of a vector; spoils n
	load  func(from operand.Mem, v reg.Register) // reads what the mask lets through, and zeros
	store func(v reg.Register, to operand.Mem)   // writes what the mask lets through
}

// functions generates all there are.
func (m *machine) functions() {
	m.data()
	m.rows()
	m.outer()
	m.pack()
	if m.numbers == 8 {
		m.transpose()
	}
}

// nr is the number of columns of a tile.
func (m *machine) nr() int { return 2 * m.numbers }

// sum is the register of a row's sums: those of its first vector, or second.
func (m *machine) sum(row, half int) reg.Register { return m.vector[2*row+half] }

// spare is a vector register that holds no sums.
func (m *machine) spare(i int) reg.Register { return m.vector[2*m.mr+i] }

// step multiplies the vectors of B in spare registers 0 … halves-1 with a number of A for each row, and adds.
func (m *machine) step(rows, halves int, a func(row int) operand.Mem) {
	repeated := len(m.vector) - 2*m.mr - 3 // registers; spare 2 is kept for the mask
	for r := range rows {
		wide := m.spare(3 + r%repeated)
		m.VBROADCASTSS(a(r), wide)
		for h := range halves {
			m.VFMADD231PS(m.spare(h), wide, m.sum(r, h))
		}
	}
}

// clear sets the sums to zero.
func (m *machine) clear(rows, halves int) {
	for r := range rows {
		for h := range halves {
			m.zero(m.sum(r, h))
		}
	}
}

// argument loads an argument.
func (m *machine) argument(name string, to reg.Register) { m.Load(m.Param(name), to) }

// place is where an argument is.
func (m *machine) place(name string) operand.Mem {
	p, err := m.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

func at(base reg.Register, disp int) operand.Mem { return operand.Mem{Base: base, Disp: disp} }

func indexed(base, index reg.Register, disp int) operand.Mem {
	return operand.Mem{Base: base, Index: index, Scale: 4, Disp: disp}
}
