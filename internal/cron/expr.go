package cron

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Expr is a cron expression: the minutes it comes due at.
type Expr struct {
	text   string
	fields [5]set // by the places of fields below
	anyDom bool   // the day of the month begins with `*`
	anyDow bool
}

// set holds the values of a field as bits.
type set uint64

func (s set) has(v int) bool { return s>>uint(v)&1 == 1 }

// The places of the fields.
const (
	minute = iota
	hour
	dom
	month
	dow
)

// field says what may stand at a place.
type field struct {
	name     string
	min, max int
	words    []string // names for the values from min on
}

var fields = [5]field{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of the month", 1, 31, nil},
	{"month", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{"day of the week", 0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

// words are the expressions with a name.
var words = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// Words lists the expressions with a name, the most frequent first.
func Words() []string { return []string{"@hourly", "@daily", "@weekly", "@monthly", "@yearly"} }

// Error is a mistake in an expression.
type Error struct {
	From, Width   int    // the characters of the expression that are wrong
	Problem, Hint string // what is wrong, and what to write; Hint may be ""
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Problem
	}
	return e.Problem + ": " + e.Hint
}

// String gives the expression as it was written.
func (e *Expr) String() string { return e.text }

// Parse reads an expression. A mistake is an *Error.
func Parse(text string) (*Expr, error) {
	e := &Expr{text: text}
	whole := func(hint, format string, args ...any) error {
		return &Error{From: 0, Width: utf8.RuneCountInString(text), Problem: fmt.Sprintf(format, args...), Hint: hint}
	}
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, "@") {
		five, ok := words[strings.ToLower(trimmed)]
		if !ok {
			return nil, whole("write one of "+strings.Join(Words(), ", ")+", or five fields", "`%s` is no time that comes again", trimmed)
		}
		text = five
	}
	parts := split(text)
	if len(parts) != len(fields) {
		hint := "minute, hour, day of the month, month, day of the week: `0 3 * * *` is 03:00 every day"
		if len(parts) == 6 {
			hint = "there is no field for seconds or years; " + hint
		}
		return nil, whole(hint, "a cron expression has 5 fields, not %d", len(parts))
	}
	for i, p := range parts {
		s, err := fields[i].read(p)
		if err != nil {
			return nil, err
		}
		e.fields[i] = s
	}
	if e.fields[dow].has(7) {
		e.fields[dow] = e.fields[dow]&^(1<<7) | 1
	}
	e.anyDom, e.anyDow = strings.HasPrefix(parts[dom].text, "*"), strings.HasPrefix(parts[dow].text, "*")
	if _, ok := e.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC); !ok {
		return nil, whole("February has 28 or 29 days, and April, June, September and November have 30", "that day never comes")
	}
	return e, nil
}

// part is a stretch of an expression, from a character on.
type part struct {
	text string
	from int
}

func (p part) fail(hint, format string, args ...any) error {
	return &Error{From: p.from, Width: max(1, utf8.RuneCountInString(p.text)), Problem: fmt.Sprintf(format, args...), Hint: hint}
}

// split cuts at spaces.
func split(text string) []part {
	var parts []part
	bytes, chars := 0, 0
	for _, f := range strings.Fields(text) {
		gap := strings.Index(text[bytes:], f)
		chars += utf8.RuneCountInString(text[bytes : bytes+gap])
		parts = append(parts, part{f, chars})
		bytes, chars = bytes+gap+len(f), chars+utf8.RuneCountInString(f)
	}
	return parts
}

// cut is strings.Cut with places.
func (p part) cut(sep string) (before, after part, found bool) {
	a, b, found := strings.Cut(p.text, sep)
	return part{a, p.from}, part{b, p.from + utf8.RuneCountInString(a) + len(sep)}, found
}

// everyHour says whether the expression follows the clock rather than naming hours of the day.
func (e *Expr) everyHour() bool { return e.fields[hour] == 1<<24-1 }

// values lists what a field allows; Sunday is 0.
func (e *Expr) values(place int) []int {
	var vs []int
	for v := fields[place].min; v <= fields[place].max; v++ {
		if e.fields[place].has(v) {
			vs = append(vs, v)
		}
	}
	return vs
}

// all says whether a field allows everything.
func (e *Expr) all(place int) bool { return len(e.values(place)) == fields[place].size() }
