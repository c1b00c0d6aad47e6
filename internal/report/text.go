package report

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// minus is the real minus sign: as wide as a plus, and read out as "minus".
const minus = "\u2212"

// decimal writes a number with so many decimals; "–" for NaN.
func decimal(v float64, places int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	if v < 0 && strings.Trim(s, "0.") != "" {
		return minus + s
	}
	return s
}

// signed is decimal with a plus before a gain.
func signed(v float64, places int) string {
	s := decimal(v, places)
	if v > 0 {
		return "+" + s
	}
	return s
}

// difference is signed, but shows what is left of a number that would read as 0 and is none: whether an interval leaves
// out 0 must be seen.
func difference(v float64, places int) string {
	if size := math.Abs(v); size < 1e-9 || size >= math.Pow10(-places)/2 { // below are errors of rounding
		return signed(v, places)
	}
	s := short(math.Copysign(1, v) * oneDigit(v))
	if v > 0 {
		s = "+" + s
	}
	return s
}

// oneDigit rounds the size of a number to one significant digit.
func oneDigit(v float64) float64 {
	step := math.Pow10(int(math.Floor(math.Log10(math.Abs(v)))))
	return math.Round(math.Abs(v)/step) * step
}

// short writes a number with three significant digits, as on an axis.
func short(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if base, exp, ok := strings.Cut(s, "e"); ok {
		n, _ := strconv.Atoi(exp)
		s = fmt.Sprintf("%se%d", base, n)
	}
	return strings.ReplaceAll(s, "-", minus)
}

// interval writes "[low, high]" that breaks over no line; "" where there is none.
func interval(low, high float64, num func(float64, int) string) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return ""
	}
	return "[" + num(low, 3) + ",\u00a0" + num(high, 3) + "]"
}

// count writes an integer with thin separators from 10,000 up.
func count(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 5 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural writes "1 photo", "2 photos".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// size writes a number of bytes for people.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u == 0 {
		return fmt.Sprintf("%d\u202fB", n)
	}
	return fmt.Sprintf("%.3g\u202f%s", v, units[u])
}

// duration writes a time span for people.
func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1\u202fms"
	case d < time.Second:
		return fmt.Sprintf("%d\u202fms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f\u202fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d\u202fmin %02d\u202fs", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d\u202fh %02d\u202fmin", int(d.Hours()), int(d.Minutes())%60)
}

// percent is a length in CSS, a share of 1 as a percentage of the box.
func percent(share float64) template.CSS {
	return template.CSS(strconv.FormatFloat(100*share, 'f', 2, 64) + "%")
}

// wholePercent writes a share as "78 %" with a narrow space, never rounding to 100 % or 0 % what is not.
func wholePercent(share float64) string {
	p := math.Round(100 * share)
	if p == 100 && share < 1 {
		p = 99
	}
	if p == 0 && share > 0 {
		return "under 1\u202f%"
	}
	return fmt.Sprintf("%.0f\u202f%%", p)
}
