package loop

import "fashionpipe/internal/simd/vec"

// exec runs instructions over the frame's block.
func (f *frame) exec(list []instr) {
	for i := range list {
		in := &list[i]
		switch in.form {
		case fUnary:
			in.unary(f.at(&in.dst), f.at(&in.a))
		case fBinary:
			in.binary(f.at(&in.dst), f.at(&in.a), f.at(&in.b))
		case fScalar:
			in.scalar(f.at(&in.dst), f.at(&in.a), f.number(&in.b))
		case fMulAdd:
			vec.MulAdd(f.at(&in.dst), f.at(&in.a), f.at(&in.b), f.at(&in.c))
		case fSelect:
			vec.Select(f.at(&in.dst), f.at(&in.a), f.at(&in.b), f.at(&in.c))
		case fSink:
			f.sink(&f.p.sinks[in.dst.slot], in)
		case fFill:
			vec.Fill(f.at(&in.dst), f.number(&in.a))
		default:
			f.move(in)
		}
	}
}

// move runs the instructions that bring numbers in and out.
func (f *frame) move(in *instr) {
	switch in.form {
	case fRepeat:
		tile(f.at(&in.dst), f.bind.Slots[in.a.slot].F32[:f.p.cols])
	case fSpread:
		f.spreadRows(f.at(&in.dst), f.bind.Slots[in.a.slot].F32)
	case fUint8:
		vec.FromUint8(f.at(&in.dst), f.bind.Slots[in.a.slot].U8[f.pos:f.pos+f.n])
	case fBool:
		vec.BoolToMask(f.at(&in.dst), f.bind.Slots[in.a.slot].Bool[f.pos:f.pos+f.n])
	case fToUint8:
		vec.ToUint8(f.bind.Slots[in.dst.slot].U8[f.pos:f.pos+f.n], f.at(&in.a))
	case fToBool:
		vec.MaskToBool(f.bind.Slots[in.dst.slot].Bool[f.pos:f.pos+f.n], f.at(&in.a))
	}
}

// at is the memory of an operand over the frame's block.
func (f *frame) at(p *place) []float32 {
	switch p.kind {
	case atRegister:
		return f.scratch[p.at : p.at+f.n]
	case atKept:
		at := p.at + f.col - f.c0
		return f.scratch[at : at+f.n]
	case atFull:
		return f.bind.Slots[p.slot].F32[f.pos : f.pos+f.n]
	}
	return f.bind.Slots[p.slot].F32[f.col : f.col+f.n] // atRow
}

func (f *frame) number(p *place) float32 { return f.scratch[f.p.scalarsAt+p.slot] }

// tile fills dst with copies of row, one after the other.
func tile(dst, row []float32) {
	n := copy(dst, row)
	for n < len(dst) {
		n += copy(dst[n:], dst[:n])
	}
}

// spreadRows fills each row of the block with that row's number.
func (f *frame) spreadRows(dst, perRow []float32) {
	cols := f.p.cols
	for r := 0; r*cols < len(dst); r++ {
		vec.Fill(dst[r*cols:(r+1)*cols], perRow[f.row+r])
	}
}
