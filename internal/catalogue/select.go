package catalogue

import (
	"fmt"
	"strings"

	"fashionpipe/formats"
)

// Selection is what a catalogue keeps of the rows of a data set.
type Selection struct {
	Rows   []formats.Photo
	All    int // rows there were
	Passed int // rows that passed the filter
}

// Select keeps the rows that pass the filter and chooses at most limit of them by the seed, see Choose. It is an error
// if nothing is left; rejects, the photos that gave no row, are for its message.
func Select(rows []formats.Photo, rejects []formats.Reject, f Filter, limit int, seed uint64) (Selection, error) {
	passed := f.Apply(rows)
	s := Selection{Rows: Choose(passed, limit, seed), All: len(rows), Passed: len(passed)}
	switch {
	case len(s.Rows) > 0:
		return s, nil
	case len(rows) == 0 && len(rejects) > 0:
		return s, fmt.Errorf("all photos are unusable; the first of %d: %s: %s", len(rejects), rejects[0].Path, rejects[0].Reason)
	case len(passed) == 0:
		return s, fmt.Errorf("none of %d rows passes the filters; categories there are: %s", len(rows), strings.Join(Categories(rows), ", "))
	default:
		return s, fmt.Errorf("limit %d is smaller than every group of photos that belong together", limit)
	}
}

// String words the result: "500 of 1461, in 10 categories".
func (s Selection) String() string {
	text := fmt.Sprint(len(s.Rows))
	if len(s.Rows) < s.All {
		text += fmt.Sprintf(" of %d", s.All)
	}
	switch n := len(Categories(s.Rows)); n {
	case 0:
		return text + ", without categories"
	case 1:
		return text + ", in 1 category"
	default:
		return text + fmt.Sprintf(", in %d categories", n)
	}
}
