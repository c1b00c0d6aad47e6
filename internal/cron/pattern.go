package cron

import (
	"slices"
	"strconv"
	"strings"
)

// Pattern is a regular expression that fits every expression and few other texts, for editors. It does not see ranges
// that run backwards, steps that are too long, and days that never come.
func Pattern() string {
	var places []string
	for _, f := range fields {
		var values []string
		for v := f.min; v <= f.max; v++ {
			values = append(values, "0*"+strconv.Itoa(v))
		}
		for _, w := range f.words {
			var b strings.Builder
			for _, r := range w {
				b.WriteString("[" + string(r) + strings.ToUpper(string(r)) + "]")
			}
			values = append(values, b.String())
		}
		v := "(" + strings.Join(values, "|") + ")"
		item := "(" + `\*(/[0-9]+)?` + "|" + v + "(-" + v + "(/[0-9]+)?)?)"
		places = append(places, item+"(,"+item+")*")
	}
	var names []string
	for w := range words {
		names = append(names, w)
	}
	slices.Sort(names)
	return `^\s*(` + strings.Join(names, "|") + "|" + strings.Join(places, `\s+`) + `)\s*$`
}
