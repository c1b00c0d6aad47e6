package loop

// Program is a compiled loop. It is not changed by running: any number of goroutines may run it at once, each with
// its own scratch memory.
type Program struct {
	layout
	slots          int
	scalars        []scalar // numbers that operations take as such
	before         []instr  // once per run and chunk of columns: values that are the same for all rows
	body           []instr  // once per block
	streaming      []instr  // instead, where results are written past the caches; nil: nothing to stream
	sinks          []sink
	streamed, full []int // slots of float32 results, and of Full float32 operands
	spread         bool  // some scalar differs from row to row
	rowSums        bool  // some sink is over rows: parts are fewer

	// Offsets in scratch memory; registers and kept values come first.
	scalarsAt, scratch int
	record             int // length of a part's record
}

// scalar is a number that is read when the program runs, or known before.
type scalar struct {
	kind  inputKind // inConst, inScalar, or inCol: one per row
	slot  int
	value float32
}

// place says where an operand of an instruction is.
type place struct {
	kind placeKind
	slot int // of atFull, atRow; index of atScalar
	at   int // offset in scratch of atRegister, atKept
}

type placeKind uint8

const (
	nowhere    placeKind = iota
	atRegister           // a block in scratch
	atKept               // as long as layout.kept, in scratch
	atFull               // in a slot's memory, as long as the whole
	atRow                // in a slot's memory, one row
	atScalar
)

// form is the kind of an instruction.
type form uint8

const (
	fUnary form = iota
	fBinary
	fScalar // a op scalar, by f.scalar
	fMulAdd
	fSelect
	fRepeat  // a row, over and over
	fFill    // one scalar everywhere
	fSpread  // one number per row, each over its row
	fUint8   // from uint8
	fBool    // from bool
	fToUint8 // to a slot
	fToBool  // to a slot
	fSink    // a, or (a − c)·b, to p.sinks[slot of dst]
)

// instr is an instruction: dst = form(a, b, c).
type instr struct {
	form         form
	dst, a, b, c place
	unary        func(dst, a []float32)
	binary       func(dst, a, b []float32)
	scalar       func(dst, a []float32, s float32)
}

// ScratchLen is the length of the scratch memory that Run and Do need per worker.
func (p *Program) ScratchLen() int { return p.scratch }

// RecordLen is the number of float64 that a part needs for its sinks: 0 without sinks.
func (p *Program) RecordLen() int { return p.record }

// Slots is the number of slots that a Bind must give.
func (p *Program) Slots() int { return p.slots }

// Cols is the number of numbers in a row.
func (p *Program) Cols() int { return p.cols }
