package cron

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// OnCalendar writes the expression for systemd timers (systemd.time(7)): the lines that together come due at its
// times in a zone, "" for that of the machine. systemd leaves out a time that the clock jumps over and every second
// showing of one; where that would be another schedule in the two years after a moment, the error says when.
func (e *Expr) OnCalendar(zone string, loc *time.Location, now time.Time) ([]string, error) {
	if at, differs := e.differs(loc, now); differs {
		if !e.isUTC(loc, now) {
			return nil, fmt.Errorf("systemd would leave out the run of %s, where the clock changes", at.Format("Mon 2006-01-02 15:04 MST"))
		}
		zone = "UTC"
	}
	if zone != "" {
		zone = " " + zone
	}
	clock := e.calendar(hour) + ":" + e.calendar(minute) + ":00" + zone
	line := func(dow, dom string) string {
		return dow + "*-" + e.calendar(month) + "-" + dom + " " + clock
	}
	days := ""
	if !e.all(dow) {
		days = e.calendarDays()
	}
	switch {
	case e.anyDom || e.anyDow: // both must fit
		return []string{line(days, e.calendar(dom))}, nil
	case e.all(dow) || e.all(dom): // either is enough, and one always fits
		return []string{line("", "*")}, nil
	}
	return []string{line("", e.calendar(dom)), line(days, "*")}, nil
}

// differs finds the first due time that systemd would leave out.
func (e *Expr) differs(loc *time.Location, now time.Time) (time.Time, bool) {
	for at := now.In(loc); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(now.AddDate(2, 0, 0)) {
			return time.Time{}, false
		}
		_, before := end.Add(-1).In(loc).Zone()
		_, after := end.In(loc).Zone()
		due, _ := e.Next(end.Add(-1), loc) // Parse saw to it that there is one
		fits, _ := e.onOrAfter(wall(end, after))
		jumped := due.Equal(end) && !fits.Equal(wall(end, after)) // due only because of the jump
		again := due.Before(end.Add(time.Duration(before-after) * time.Second))
		if jumped || again {
			return due, true
		}
		at = end.In(loc)
	}
}

// isUTC says whether the expression is the same in UTC: all days and hours, in a zone that is whole hours from it.
func (e *Expr) isUTC(loc *time.Location, now time.Time) bool {
	for at := now.In(loc); at.Before(now.AddDate(2, 0, 0)); {
		if _, offset := at.Zone(); offset%3600 != 0 {
			return false
		}
		_, end := at.ZoneBounds()
		if end.IsZero() {
			break
		}
		at = end.In(loc)
	}
	return e.everyHour() && e.all(dom) && e.all(month) && e.all(dow)
}

// calendar writes a field for systemd: a list, since 252 leaves out the first time of a day behind a step (`00/21`).
func (e *Expr) calendar(place int) string {
	if e.all(place) {
		return "*"
	}
	var parts []string
	for _, v := range e.values(place) {
		parts = append(parts, fmt.Sprintf("%02d", v))
	}
	return strings.Join(parts, ",")
}

// calendarDays writes the days of the week for systemd.
func (e *Expr) calendarDays() string {
	var names []string
	for _, v := range e.values(dow) {
		names = append(names, time.Weekday(v).String()[:3])
	}
	return strings.Join(names, ",") + " "
}

// Crontab writes the expression as five fields that every cron reads: no words, no names, Sunday as 0.
func (e *Expr) Crontab() string {
	text := e.text
	if five, ok := words[strings.ToLower(strings.TrimSpace(text))]; ok {
		text = five
	}
	parts := strings.Fields(text)
	for place := range parts {
		if strings.HasPrefix(parts[place], "*") { // which says how the two days go together
			continue
		}
		var vs []string
		for _, v := range e.values(place) {
			vs = append(vs, strconv.Itoa(v))
		}
		parts[place] = strings.Join(vs, ",")
	}
	return strings.Join(parts, " ")
}
