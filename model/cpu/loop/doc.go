// Package loop computes fused elementwise loops over float32: a Program is a straight line of instructions that is run
// over blocks small enough for the first-level cache, so that intermediate values never reach memory.
//
// # Operands and results
//
// A program goes over rows × cols numbers in row-major order. Its operands are Full (rows·cols numbers), Row (cols numbers,
// the same for every row), Col (one number per row), Scalar (one number in memory, read when the program runs), constants,
// and Full ones of uint8 and bool. Its results are Full float32, bool and uint8, and sinks: sums, maxima and minima over the rows
// (one per column), over the columns (one per row) or of everything, and the mean and variance of each column.
//
// # Blocks
//
// A block is of some hundred numbers, as many as let all that a program reads and writes at a time stay in half of the
// first-level cache: whole rows, of which there are at least two, and Row operands are repeated once per run to the
// length of a block; or, where rows are too long for that, a slice of one row. Without Row, Col, and sinks by row or column
// the numbers are one long row. Registers are blocks in scratch memory, given out by last use; Full operands are read
// where they lie, and results are written where they belong unless a later instruction still reads a Full operand:
// then at the end of the block. So a result may take the place of any Full operand of its own type.
//
// # Sums
//
// Sums of columns are made in float32 over at most 256 numbers, and from there on in float64. Variances are those of
// the numbers minus a nearby value (the mean of the first rows, later that of all so far), merged pairwise by the rule of Chan, Golub and
// LeVeque (1983): a large mean costs no accuracy. An infinite number makes its column's mean NaN. Rows are cut into
// parts by a rule that knows nothing of the workers, and parts are merged in order: results are the same bits for any
// number of workers.
//
// The package knows nothing of GoMLX or of tensors; it allocates nothing while a program runs.
package loop
