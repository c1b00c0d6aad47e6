package cron

import (
	"math/bits"
	"time"
)

// A wall clock is written as a time in UTC: what the clock shows, without a zone.

// wall gives what a clock shows that is so many seconds ahead of UTC.
func wall(t time.Time, offset int) time.Time {
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// Next gives the first due time after a moment, read by the clocks of a place; false if there is none (which Parse
// refuses). The result is in loc.
func (e *Expr) Next(after time.Time, loc *time.Location) (time.Time, bool) {
	here := after.In(loc)
	_, offset := here.Zone()
	from := nextMinute(wall(here, offset))
	for {
		start, end := here.ZoneBounds() // the stretch in which the offset stays
		_, offset = here.Zone()
		if !start.IsZero() && !e.everyHour() {
			_, before := start.Add(-1).Zone()
			shown := wall(start, before) // what the clock showed when it was changed
			if start.After(after) && e.between(shown, wall(start, offset)) {
				return start.In(loc), true
			}
			if from.Before(shown) {
				from = ceilMinute(shown) // earlier ones came due before the clock went back
			}
		}
		due, ok := e.onOrAfter(from)
		if !ok {
			return time.Time{}, false
		}
		if t := due.Add(-time.Duration(offset) * time.Second); end.IsZero() || t.Before(end) {
			return t.In(loc), true
		}
		here = end.In(loc)
		_, offset = here.Zone()
		from = ceilMinute(wall(here, offset))
	}
}

// between says whether a due time lies in [from, to) of the clock: to is where a clock was put that showed from.
func (e *Expr) between(from, to time.Time) bool {
	if !from.Before(to) {
		return false
	}
	due, ok := e.onOrAfter(ceilMinute(from))
	return ok && due.Before(to)
}

func nextMinute(t time.Time) time.Time { return t.Truncate(time.Minute).Add(time.Minute) }

func ceilMinute(t time.Time) time.Time {
	if u := t.Truncate(time.Minute); u.Equal(t) {
		return u
	}
	return nextMinute(t)
}

// years is how far to look: 29 February on a certain day of the week comes at least every 40 years.
const years = 41

// onOrAfter finds the first minute of the wall clock that the expression allows.
func (e *Expr) onOrAfter(t time.Time) (time.Time, bool) {
	for last := t.Year() + years; t.Year() <= last; {
		y, m, d := t.Date()
		switch {
		case !e.fields[month].has(int(m)):
			t = time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
			continue
		case !e.day(d, t.Weekday()):
			t = time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
			continue
		}
		h, ok := e.fields[hour].from(t.Hour())
		if ok && h == t.Hour() {
			if min, ok := e.fields[minute].from(t.Minute()); ok {
				return time.Date(y, m, d, h, min, 0, 0, time.UTC), true
			}
			h, ok = e.fields[hour].from(h + 1)
		}
		if ok {
			min, _ := e.fields[minute].from(0)
			return time.Date(y, m, d, h, min, 0, 0, time.UTC), true
		}
		t = time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}, false
}

// from gives the least value of the set that is v or more.
func (s set) from(v int) (int, bool) {
	rest := uint64(s) >> uint(v) << uint(v)
	return bits.TrailingZeros64(rest), rest != 0
}

// day says whether the expression allows a day.
func (e *Expr) day(d int, w time.Weekday) bool {
	inMonth, inWeek := e.fields[dom].has(d), e.fields[dow].has(int(w))
	if e.anyDom || e.anyDow {
		return inMonth && inWeek
	}
	return inMonth || inWeek
}
