package cron

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	robfig "github.com/robfig/cron/v3"
	"pgregory.net/rapid"
)

func mustParse(t interface{ Fatal(...any) }, text string) *Expr {
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, ok := Zone(name)
	if !ok {
		t.Fatal("no zone ", name)
	}
	return loc
}

const layout = "2006-01-02 15:04 -0700"

// Worked out by hand from the rules in the package's doc.
func TestClockChanges(t *testing.T) {
	for _, c := range []struct{ why, expr, zone, after, want string }{
		{"a time in the gap runs when it ends", "30 2 * * *", "America/New_York", "2026-03-07 12:00 -0500", "2026-03-08 03:00 -0400, 2026-03-09 02:30 -0400"},
		{"several of them once", "*/10 2 * * *", "America/New_York", "2026-03-08 01:59 -0500", "2026-03-08 03:00 -0400, 2026-03-09 02:00 -0400"},
		{"with what is due then", "0 2,3 * * *", "America/New_York", "2026-03-08 01:59 -0500", "2026-03-08 03:00 -0400, 2026-03-09 02:00 -0400"},
		{"right before the gap", "59 1 * * *", "America/New_York", "2026-03-08 00:00 -0500", "2026-03-08 01:59 -0500, 2026-03-09 01:59 -0400"},
		{"a time shown twice runs once", "30 1 * * *", "America/New_York", "2026-10-31 12:00 -0400", "2026-11-01 01:30 -0400, 2026-11-02 01:30 -0500"},
		{"also asked between the two", "30 1 * * *", "America/New_York", "2026-11-01 01:15 -0500", "2026-11-02 01:30 -0500"},
		{"every hour keeps its rhythm back", "30 * * * *", "America/New_York", "2026-11-01 00:30 -0400", "2026-11-01 01:30 -0400, 2026-11-01 01:30 -0500, 2026-11-01 02:30 -0500"},
		{"and forth", "*/30 * * * *", "America/New_York", "2026-03-08 01:30 -0500", "2026-03-08 03:00 -0400, 2026-03-08 03:30 -0400"},
		{"Berlin", "0 2 * * *", "Europe/Berlin", "2026-03-28 12:00 +0100", "2026-03-29 03:00 +0200, 2026-03-30 02:00 +0200"},
		{"Berlin back", "0 2 * * *", "Europe/Berlin", "2026-10-24 12:00 +0200", "2026-10-25 02:00 +0200, 2026-10-26 02:00 +0100"},
		{"half an hour forth", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00 +1030", "2026-10-04 02:30 +1100, 2026-10-05 02:15 +1100"},
		{"half an hour back", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00 +1100", "2026-04-05 01:45 +1100, 2026-04-06 01:45 +1030"},
		{"midnight that is not there", "0 0 * * *", "Asia/Beirut", "2026-03-28 12:00 +0200", "2026-03-29 01:00 +0300, 2026-03-30 00:00 +0300"},
		{"a day that is not there", "0 3 * * *", "Pacific/Apia", "2011-12-29 12:00 -1000", "2011-12-31 00:00 +1400, 2011-12-31 03:00 +1400"},
		{"no changes", "0 3 * * *", "Asia/Tokyo", "2026-03-07 12:00 +0900", "2026-03-08 03:00 +0900, 2026-03-09 03:00 +0900"},
		{"29 February over 2100", "0 0 29 2 *", "UTC", "2096-03-01 00:00 +0000", "2104-02-29 00:00 +0000"},
		{"either day", "0 0 13 * 5", "UTC", "2026-11-01 00:00 +0000", "2026-11-06 00:00 +0000, 2026-11-13 00:00 +0000, 2026-11-20 00:00 +0000"},
		{"both days where one begins with *", "0 0 */2 * 5", "UTC", "2026-11-01 00:00 +0000", "2026-11-13 00:00 +0000, 2026-11-27 00:00 +0000"},
		{"over Sunday", "0 0 * * fri-sun", "UTC", "2026-11-19 00:00 +0000", "2026-11-20 00:00 +0000, 2026-11-21 00:00 +0000, 2026-11-22 00:00 +0000, 2026-11-27 00:00 +0000"},
		{"a word", "@weekly", "UTC", "2026-11-19 00:00 +0000", "2026-11-22 00:00 +0000"},
	} {
		at, err := time.Parse(layout, c.after)
		if err != nil {
			t.Fatal(err)
		}
		for want := range strings.SplitSeq(c.want, ", ") {
			var ok bool
			if at, ok = mustParse(t, c.expr).Next(at, zone(t, c.zone)); !ok || at.Format(layout) != want {
				t.Errorf("%s: %s in %s after %s: %s, want %s", c.why, c.expr, c.zone, c.after, at.Format(layout), want)
				break
			}
		}
	}
}

// drawExpr draws an expression that robfig reads alike.
func drawExpr(t *rapid.T) string {
	text := func(low, high int) string {
		item := rapid.Custom(func(t *rapid.T) string {
			a := rapid.IntRange(low, high).Draw(t, "a")
			b := rapid.IntRange(a, high).Draw(t, "b")
			switch rapid.IntRange(0, 2).Draw(t, "shape") {
			case 0:
				return fmt.Sprint(a)
			case 1:
				return fmt.Sprintf("%d-%d", a, b)
			}
			return fmt.Sprintf("%d-%d/%d", a, b, rapid.IntRange(1, max(1, b-a)).Draw(t, "step"))
		})
		switch rapid.IntRange(0, 3).Draw(t, "field") {
		case 0, 1:
			return "*"
		case 2:
			return fmt.Sprintf("*/%d", rapid.IntRange(1, high-low).Draw(t, "step"))
		}
		return strings.Join(rapid.SliceOfN(item, 1, 3).Draw(t, "list"), ",")
	}
	days := []string{text(1, 28), text(0, 6)}
	if strings.Contains(days[0], "*/") || strings.Contains(days[1], "*/") {
		days[rapid.IntRange(0, 1).Draw(t, "free")] = "*" // there robfig's rule for two days is another
	}
	return strings.Join([]string{text(0, 59), text(0, 23), days[0], text(1, 12), days[1]}, " ")
}

func TestNextAgreesWithRobfigWhereNoClockChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawExpr(t)
		theirs, err := robfig.ParseStandard(text)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "after"), 0).UTC()
		got, _ := mustParse(t, text).Next(at, time.UTC)
		if want := theirs.Next(at); !got.Equal(want) && !want.IsZero() {
			t.Fatalf("%s after %v: %v, robfig says %v", text, at, got, want)
		}
	})
}

// TestNextAgreesWithAScan walks the minutes over a change of the clock and asks at each what the rules say, with
// robfig's reading of the fields.
func TestNextAgreesWithAScan(t *testing.T) {
	changes := map[string][]string{
		"America/New_York":    {"2026-03-08T07:00Z", "2026-11-01T06:00Z"},
		"Europe/Berlin":       {"2026-03-29T01:00Z", "2026-10-25T01:00Z"},
		"Australia/Lord_Howe": {"2026-04-04T15:00Z", "2026-10-03T15:30Z"},
		"Asia/Tokyo":          {"2026-06-01T00:00Z"},
		"America/St_Johns":    {"2006-04-02T03:31Z", "2006-10-29T02:31Z"},
		"Pacific/Apia":        {"2011-12-30T10:00Z"},
		"Africa/Casablanca":   {"2026-02-15T02:00Z", "2026-03-22T02:00Z"},
	}
	var names []string
	for _, z := range Zones() {
		if changes[z] != nil {
			names = append(names, z)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "zone")
		change, err := time.Parse("2006-01-02T15:04Z", rapid.SampledFrom(changes[name]).Draw(t, "change"))
		if err != nil {
			t.Fatal(err)
		}
		text, loc := drawExpr(t), zone(t, name)
		from := change.Add(-time.Duration(rapid.IntRange(1, 36*60).Draw(t, "minutes")) * time.Minute)
		to := change.Add(48 * time.Hour)
		got, e := []string{}, mustParse(t, text)
		for at, ok := e.Next(from, loc); ok && !at.After(to); at, ok = e.Next(at, loc) {
			got = append(got, at.Format(layout))
		}
		if want := scan(t, text, loc, from, to); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%s in %s from %v:\n%s\na scan says\n%s", text, name, from.In(loc), strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// scan lists the due times in (from, to].
func scan(t *rapid.T, text string, loc *time.Location, from, to time.Time) []string {
	parsed, err := robfig.ParseStandard(text)
	if err != nil {
		t.Fatal(err)
	}
	s := parsed.(*robfig.SpecSchedule)
	const star = 1 << 63
	match := func(clock time.Time) bool {
		inMonth, inWeek := s.Dom>>clock.Day()&1 == 1, s.Dow>>clock.Weekday()&1 == 1
		day := inMonth || inWeek
		if s.Dom&star != 0 || s.Dow&star != 0 || strings.HasPrefix(strings.Fields(text)[2], "*") || strings.HasPrefix(strings.Fields(text)[4], "*") {
			day = inMonth && inWeek
		}
		return day && s.Minute>>clock.Minute()&1 == 1 && s.Hour>>clock.Hour()&1 == 1 && s.Month>>clock.Month()&1 == 1
	}
	follows := s.Hour&(1<<24-1) == 1<<24-1
	shown, last := map[string]bool{}, time.Time{}
	out := []string{}
	for at := from.Add(-50 * time.Hour); !at.After(to); at = at.Add(time.Minute) {
		l := at.In(loc)
		clock, _ := time.Parse("2006-01-02 15:04", l.Format("2006-01-02 15:04"))
		due := match(clock) && (follows || !shown[clock.String()])
		for skipped := last.Add(time.Minute); !follows && !last.IsZero() && skipped.Before(clock); skipped = skipped.Add(time.Minute) {
			due = due || match(skipped)
		}
		if due && at.After(from) {
			out = append(out, l.Format(layout))
		}
		shown[clock.String()], last = true, clock
	}
	return out
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                "0+0 a cron expression has 5 fields, not 0",
		"* * * *":         "0+7 a cron expression has 5 fields, not 4",
		"0 0 3 * * *":     "0+11 a cron expression has 5 fields, not 6",
		"@reboot":         "0+7 `@reboot` is no time that comes again",
		"60 3 * * *":      "0+2 `60` can't be the minute",
		"0  24 * * *":     "3+2 `24` can't be the hour",
		"0 3 32 * *":      "4+2 `32` can't be the day of the month",
		"0 3 0 * *":       "4+1 `0` can't be the day of the month",
		"0 3 * 13 *":      "6+2 `13` can't be the month",
		"0 3 * * 8":       "8+1 `8` can't be the day of the week",
		"0 3 * * Monday":  "8+6 `Monday` can't be the day of the week",
		"0 3 * * mon,foo": "12+3 `foo` can't be the day of the week",
		"0 3 L * *":       "4+1 `L` can't be the day of the month",
		"0 3 ? * *":       "4+1 `?` can't be the day of the month",
		"0 22-2 * * *":    "2+4 the range for the hour runs backwards",
		"5/15 * * * *":    "0+4 a step needs a range or `*` before the `/`",
		"*/0 * * * *":     "2+1 `0` is no step for the minute",
		"*/90 * * * *":    "2+2 a step of 90 leads past the last minute",
		"1,,2 * * * *":    "2+1 a value is missing in the list for the minute",
		"-5 * * * *":      "0+1 `` can't be the minute",
		"1-2-3 * * * *":   "2+3 `2-3` can't be the minute",
		"0 0 30 2 *":      "0+10 that day never comes",
		"0 0 31 4,6 *":    "0+12 that day never comes",
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q was taken", text)
			continue
		}
		if got := fmt.Sprintf("%d+%d %s", e.From, e.Width, e.Problem); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestZones(t *testing.T) {
	zones := Zones()
	if len(zones) < 590 {
		t.Errorf("only %d zones", len(zones))
	}
	for _, z := range zones {
		if _, ok := Zone(z); !ok {
			t.Errorf("%s is listed but not there", z)
		}
	}
	for _, z := range []string{"", "Local", "Tokyo", "../etc/passwd", "/etc/localtime", "CEST"} {
		if _, ok := Zone(z); ok {
			t.Errorf("%q is taken for a zone", z)
		}
	}
}

var pattern = regexp.MustCompile(Pattern())

func TestPattern(t *testing.T) {
	for _, text := range []string{"60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "* * * * monday", "* * * *", "@reboot", "5/15 * * * *", "1,,2 * * * *"} {
		if pattern.MatchString(text) {
			t.Errorf("%s fits", text)
		}
	}
	for _, text := range []string{" 0 3  * * *", "@daily", "*/10,5 08-18/2 1,15 JAN-mar 7"} {
		if !pattern.MatchString(text) {
			t.Errorf("%s does not fit", text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if text := drawExpr(t); !pattern.MatchString(text) {
			t.Fatalf("%s does not fit", text)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"*/5 1-2,4 * jan-mar 5-7", "@daily", "0 3 L * 1#2", "é 1 2 3 4", "1/2 , - / *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			var m *Error
			if n := len([]rune(text)); !errors.As(err, &m) || m.From < 0 || m.Width < 0 || m.From > n || m.Problem == "" {
				t.Errorf("%q: %+v", text, m)
			}
			return
		}
		now := time.Unix(1.8e9, 0)
		if !strings.HasPrefix(strings.TrimSpace(text), "@") && !pattern.MatchString(text) {
			t.Errorf("%q does not fit the pattern", text)
		}
		if next, ok := e.Next(now, time.UTC); !ok || !next.After(now) || next.Second() != 0 {
			t.Errorf("%q after %v: %v", text, now, next)
		}
	})
}
