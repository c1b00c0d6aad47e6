package pipelines

import "fmt"

// mistakes gathers the mistakes of the points of a sweep.
type mistakes struct {
	of    map[mistake]int // → its index in found
	found []*mistaken
}

// mistake is what makes two mistakes the same.
type mistake struct {
	file         string
	line, column int
	problem      string
}

// mistaken is a mistake with the points that have it.
type mistaken struct {
	err                *Error
	first, last, count int
}

func (m *mistakes) add(point int, errs Errors) {
	for _, e := range errs {
		key := mistake{e.File, e.Line, e.Column, e.Problem}
		i, ok := m.of[key]
		if !ok {
			if m.of == nil {
				m.of = map[mistake]int{}
			}
			i = len(m.found)
			m.of[key] = i
			m.found = append(m.found, &mistaken{err: e, first: point, last: -1})
		}
		if f := m.found[i]; f.last != point {
			f.last = point
			f.count++
		}
	}
}

// tell gives the mistakes, those that not all points have with the name of the first that has it.
func (m *mistakes) tell(points int, name func(point int) string) Errors {
	var out Errors
	for _, f := range m.found {
		if f.count < points {
			e := *f.err
			e.Problem += fmt.Sprintf(" (variant %s", name(f.first))
			if f.count > 1 {
				e.Problem += fmt.Sprintf(" and %d more", f.count-1)
			}
			e.Problem += ")"
			f.err = &e
		}
		out = append(out, f.err)
	}
	return out
}
