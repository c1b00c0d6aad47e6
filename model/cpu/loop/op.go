package loop

import "fashionpipe/internal/simd/vec"

// Op is an elementwise operation. What it does to NaN, infinities and signed zeros is said in package vec.
type Op uint8

// Operations. Num stands for a float32 operand, mask for a truth value.
const (
	opInput Op = iota // an operand, see inputKind
	Neg               // num → num
	Abs
	Sqrt
	Rsqrt // 1/√a
	Floor
	Ceil
	Round // halves to even
	Sign  // −1, 0, 1; 0 for NaN
	Exp
	Log
	Tanh
	Logistic
	Erf
	Sin
	Cos
	Log1p
	Expm1
	Add // num, num → num
	Sub
	Mul
	Div
	Max // NaN if either is
	Min
	Pow
	Rem
	ReLUGrad // y, dy: dy where y > 0, else 0
	MulAdd   // a·b + c, see vec.MulAdd
	Equal    // num, num → mask
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
	And // mask, mask → mask
	Or
	Xor
	Not      // mask → mask
	Select   // mask, num, num → num: the first where the mask is true
	FromMask // mask → 1 or 0
	ToMask   // num → whether it is not 0 (true for NaN)
	opCopy   // num → num, used for results that are operands
	numOps
)

// signature says what an operation takes and gives.
type signature struct {
	name    string
	args    int
	masks   [3]bool // which operands are masks
	gives   bool    // the result is a mask
	unary   func(dst, a []float32)
	binary  func(dst, a, b []float32)
	scalar  func(dst, a []float32, s float32) // a op s; nil: none
	rscalar func(dst, a []float32, s float32) // s op a
}

var signatures = [numOps]signature{
	opInput: {name: "input"},
	Neg:     {name: "neg", args: 1, unary: vec.Neg}, Abs: {name: "abs", args: 1, unary: vec.Abs},
	Sqrt: {name: "sqrt", args: 1, unary: vec.Sqrt}, Rsqrt: {name: "rsqrt", args: 1, unary: vec.Rsqrt},
	Floor: {name: "floor", args: 1, unary: vec.Floor}, Ceil: {name: "ceil", args: 1, unary: vec.Ceil},
	Round: {name: "round", args: 1, unary: vec.Round}, Sign: {name: "sign", args: 1, unary: vec.Sign},
	Exp: {name: "exp", args: 1, unary: vec.Exp}, Log: {name: "log", args: 1, unary: vec.Log},
	Tanh: {name: "tanh", args: 1, unary: vec.Tanh}, Logistic: {name: "logistic", args: 1, unary: vec.Logistic},
	Erf: {name: "erf", args: 1, unary: erf}, Sin: {name: "sin", args: 1, unary: sin}, Cos: {name: "cos", args: 1, unary: cos},
	Log1p: {name: "log1p", args: 1, unary: log1p}, Expm1: {name: "expm1", args: 1, unary: expm1},
	Add:      {name: "add", args: 2, binary: vec.Add, scalar: vec.AddScalar, rscalar: vec.AddScalar},
	Sub:      {name: "sub", args: 2, binary: vec.Sub, scalar: subScalar, rscalar: vec.RsubScalar},
	Mul:      {name: "mul", args: 2, binary: vec.Mul, scalar: vec.MulScalar, rscalar: vec.MulScalar},
	Div:      {name: "div", args: 2, binary: vec.Div, scalar: vec.DivScalar, rscalar: vec.RdivScalar},
	Max:      {name: "max", args: 2, binary: vec.Max, scalar: vec.MaxScalar, rscalar: vec.MaxScalar},
	Min:      {name: "min", args: 2, binary: vec.Min, scalar: vec.MinScalar, rscalar: vec.MinScalar},
	Pow:      {name: "pow", args: 2, binary: pow},
	Rem:      {name: "rem", args: 2, binary: rem},
	ReLUGrad: {name: "relu-grad", args: 2, binary: vec.ReLUGrad},
	MulAdd:   {name: "mul-add", args: 3},
	Equal:    comparison("=", vec.Equal, vec.Equal), NotEqual: comparison("≠", vec.NotEqual, vec.NotEqual),
	Less: comparison("<", vec.Less, vec.Greater), LessOrEqual: comparison("≤", vec.LessOrEqual, vec.GreaterOrEqual),
	Greater: comparison(">", vec.Greater, vec.Less), GreaterOrEqual: comparison("≥", vec.GreaterOrEqual, vec.LessOrEqual),
	And:      {name: "and", args: 2, masks: [3]bool{true, true}, gives: true, binary: vec.And},
	Or:       {name: "or", args: 2, masks: [3]bool{true, true}, gives: true, binary: vec.Or},
	Xor:      {name: "xor", args: 2, masks: [3]bool{true, true}, gives: true, binary: vec.Xor},
	Not:      {name: "not", args: 1, masks: [3]bool{true}, gives: true, unary: vec.Not},
	Select:   {name: "select", args: 3, masks: [3]bool{true}},
	FromMask: {name: "from-mask", args: 1, masks: [3]bool{true}},
	ToMask:   {name: "to-mask", args: 1, gives: true},
	opCopy:   {name: "copy", args: 1, unary: func(dst, a []float32) { copy(dst, a) }},
}

// comparison makes the signature of a op b; s op a is a swapped s.
func comparison(name string, op, swapped vec.Comparison) signature {
	return signature{
		name: name, args: 2, gives: true,
		binary:  func(dst, a, b []float32) { vec.Compare(op, dst, a, b) },
		scalar:  func(dst, a []float32, s float32) { vec.CompareScalar(op, dst, a, s) },
		rscalar: func(dst, a []float32, s float32) { vec.CompareScalar(swapped, dst, a, s) },
	}
}

func subScalar(dst, a []float32, s float32) { vec.AddScalar(dst, a, -s) }

func (op Op) String() string { return signatures[op].name }
