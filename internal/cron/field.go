package cron

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// size is how many values a field has; 7 is 0 again.
func (f field) size() int {
	if f.max == 7 {
		return 7
	}
	return f.max - f.min + 1
}

// read reads a field: a list of ranges.
func (f field) read(p part) (set, error) {
	var s set
	for more := true; more; {
		var item part
		item, p, more = p.cut(",")
		if item.text == "" {
			return 0, item.fail("write 1,2,3, without spaces", "a value is missing in the list for the %s", f.name)
		}
		r, err := f.readRange(item)
		if err != nil {
			return 0, err
		}
		s |= r
	}
	return s, nil
}

// readRange reads `*`, a, a-b, or one of these with /step.
func (f field) readRange(item part) (set, error) {
	span, stepText, stepped := item.cut("/")
	from, to := f.min, f.min+f.size()-1
	if span.text != "*" {
		a, b, isRange := span.cut("-")
		var err error
		if from, err = f.readValue(a); err != nil {
			return 0, err
		}
		if to = from; isRange {
			if to, err = f.readValue(b); err != nil {
				return 0, err
			}
		} else if stepped {
			hint := fmt.Sprintf("write %s-%d/%s, or */%s", a.text, f.min+f.size()-1, stepText.text, stepText.text)
			return 0, item.fail(hint, "a step needs a range or `*` before the `/`")
		}
		if f.max == 7 && to == 0 && from > 0 {
			to = 7 // fri-sun
		}
		if to < from {
			return 0, item.fail(f.around(a, b), "the range for the %s runs backwards", f.name)
		}
	}
	step := 1
	if stepped {
		var err error
		if step, err = f.readStep(stepText, to-from); err != nil {
			return 0, err
		}
	}
	var s set
	for v := from; v <= to; v += step {
		s |= 1 << uint(v)
	}
	return s, nil
}

// around writes a range over the end of the week or the day as two.
func (f field) around(a, b part) string {
	return fmt.Sprintf("write %s-%d,%d-%s", a.text, f.min+f.size()-1, f.min, b.text)
}

func (f field) readStep(p part, span int) (int, error) {
	n, err := strconv.Atoi(p.text)
	switch {
	case err != nil || n < 1 || strings.HasPrefix(p.text, "+"):
		return 0, p.fail("write */5 for every fifth", "`%s` is no step for the %s", p.text, f.name)
	case n > span && span > 0:
		return 0, p.fail("with such a step there is one time only: write that one", "a step of %d leads past the last %s", n, f.name)
	}
	return n, nil
}

func (f field) readValue(p part) (int, error) {
	if i := slices.Index(f.words, strings.ToLower(p.text)); i >= 0 {
		return f.min + i, nil
	}
	n, err := strconv.Atoi(p.text)
	if err == nil && n >= f.min && n <= f.max && p.text[0] != '+' && p.text[0] != '-' {
		return n, nil
	}
	return 0, p.fail(f.help(p.text), "`%s` can't be the %s", p.text, f.name)
}

// help says what a field takes instead.
func (f field) help(text string) string {
	takes := fmt.Sprintf("it is a number from %d to %d", f.min, f.max)
	if f.words != nil {
		last := f.words[len(f.words)-1]
		takes += fmt.Sprintf(", or %s to %s", f.words[0], last)
	}
	low := strings.ToLower(text)
	if len(low) > 3 && slices.Contains(f.words, low[:3]) {
		return "write " + low[:3]
	}
	switch {
	case text == "?":
		return "write *"
	case strings.ContainsAny(text, "LW#") && f.words == nil, strings.Contains(text, "#"):
		return "the letters L, W and # of other programs are not used here; " + takes
	}
	return takes
}
