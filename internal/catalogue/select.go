package catalogue

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fashionpipe/formats"
)

// Selector chooses rows of a data set, as they are read, so that they need not be kept: it counts them, and keeps of those
// that pass the filter and are in the subset no more than what choosing among them takes. First all rows are added, then the
// choice is made.
//
// At most limit rows are chosen, by the seed; limit 0 chooses all. Rows that share a pair_id are chosen together or not at
// all, so that pairs stay whole; rows of one photo likewise. Every class gets its share of the limit where rows have
// classes but no pairs. Which rows are chosen doesn't depend on their order, and a chosen row mostly stays chosen when
// others are added.
type Selector struct {
	filter Filter
	subset Subset
	limit  int
	seed   uint64

	all, passed, kept int
	classes           map[string]int // rows of every category, of all rows
	filtered          map[string]int // of those that pass the filter
	chosen            map[string]int // of those that are in the subset too, later of those chosen
	missing           []string       // categories that the filter leaves and the subset has nothing of
	groups            map[groupID]*group
	rows              []candidate // in the order they came
}

// candidate is a row that passed.
type candidate struct {
	path, category string
	group          *group
}

// NewSelector makes one without rows.
func NewSelector(f Filter, sub Subset, limit int, seed uint64) *Selector {
	return &Selector{filter: f, subset: sub, limit: limit, seed: seed,
		classes: map[string]int{}, filtered: map[string]int{}, chosen: map[string]int{}, groups: map[groupID]*group{}}
}

// Add counts a row. It says whether the row passes the filter and is in the subset, and so is chosen where there is no limit.
func (s *Selector) Add(p *formats.Photo) bool {
	l := &p.Labels
	s.all++
	s.classes[l.Category]++
	if !s.filter.Keep(l) {
		return false
	}
	s.filtered[l.Category]++
	if !s.subset.has(p, s.seed) {
		return false
	}
	s.passed++
	s.chosen[l.Category]++
	if s.limit == 0 {
		return true
	}
	id := groupOf(l)
	g := s.groups[id]
	if g == nil {
		g = &group{groupID: id}
		s.groups[id] = g
	}
	g.add(l)
	s.rows = append(s.rows, candidate{l.Path, l.Category, g})
	return true
}

// Choose makes the choice among all rows added. It is an error if nothing is left; rejects, the photos that gave no row,
// are for its message.
func (s *Selector) Choose(rejects []formats.Reject) error {
	s.kept = s.passed
	s.missing = slices.DeleteFunc(names(s.filtered), func(c string) bool { return s.chosen[c] > 0 })
	if s.limit > 0 {
		s.choose()
	}
	switch {
	case s.kept > 0:
		return nil
	case s.all == 0 && len(rejects) > 0:
		return fmt.Errorf("all photos are unusable; the first of %d: %s: %s", len(rejects), rejects[0].Path, rejects[0].Reason)
	case len(s.filtered) > 0 && s.passed == 0:
		return fmt.Errorf("none of the photos is drawn for subset %s: make its share larger, or set another seed", s.subset.Part)
	case s.passed == 0:
		return fmt.Errorf("none of %d rows passes the filters; categories there are: %s", s.all, strings.Join(names(s.classes), ", "))
	default:
		return fmt.Errorf("limit %d is smaller than every group of photos that belong together", s.limit)
	}
}

func (s *Selector) choose() {
	if s.passed <= s.limit {
		for _, g := range s.groups {
			g.chosen = true
		}
		return
	}
	choose(slices.Collect(maps.Values(s.groups)), s.limit, s.seed)
	clear(s.chosen)
	s.kept = 0
	for _, r := range s.rows {
		if r.group.chosen {
			s.kept++
			s.chosen[r.category]++
		}
	}
}

// Keeps says, after Choose, whether a row is chosen. One that wasn't added is not, if there is a limit.
func (s *Selector) Keeps(p *formats.Photo) bool {
	passes := s.filter.Keep(&p.Labels) && s.subset.has(p, s.seed)
	if s.limit == 0 || !passes {
		return passes
	}
	g := s.groups[groupOf(&p.Labels)]
	return g != nil && g.chosen
}

// Missing lists, after Choose, the categories of which the subset has no row though the filter leaves some.
func (s *Selector) Missing() []string { return s.missing }

// Paths are those of the photos with a row that is chosen by a limit.
func (s *Selector) Paths() map[string]bool {
	paths := map[string]bool{}
	for _, r := range s.rows {
		if r.group.chosen {
			paths[r.path] = true
		}
	}
	return paths
}

// Kept counts the rows that are chosen, of those that pass the filter and are in the subset.
func (s *Selector) Kept() (kept, passed int) { return s.kept, s.passed }

// String words the result: "500 of 1461, in 10 categories".
func (s *Selector) String() string {
	text := fmt.Sprint(s.kept)
	if s.kept < s.all {
		text += fmt.Sprintf(" of %d", s.all)
	}
	switch n := len(names(s.chosen)); n {
	case 0:
		return text + ", without categories"
	case 1:
		return text + ", in 1 category"
	default:
		return text + fmt.Sprintf(", in %d categories", n)
	}
}

// names lists the categories counted, sorted, without that of rows that have none.
func names(classes map[string]int) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(classes)), func(c string) bool { return c == "" })
}
