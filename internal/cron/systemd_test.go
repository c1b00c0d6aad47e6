package cron

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestOnCalendar(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ expr, zone, want string }{
		{"0 3 * * *", "Asia/Tokyo", "*-*-* 03:00:00 Asia/Tokyo"},
		{"@hourly", "Asia/Tokyo", "*-*-* *:00:00 Asia/Tokyo"},
		{"*/10 * * * *", "America/New_York", "*-*-* *:00,10,20,30,40,50:00 UTC"},
		{"*/10 8-18 * * mon-fri", "America/New_York", "Mon,Tue,Wed,Thu,Fri *-*-* 08,09,10,11,12,13,14,15,16,17,18:00,10,20,30,40,50:00 America/New_York"},
		{"0 0 1,15 * 5", "UTC", "*-*-01,15 00:00:00 UTC | Fri *-*-* 00:00:00 UTC"},
		{"0 0 */2 2 5", "UTC", "Fri *-02-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00 UTC"},
		{"0 3 * * *", "Europe/Berlin", "*-*-* 03:00:00 Europe/Berlin"},
		{"30 2 * * *", "Europe/Berlin", "error: systemd would leave out the run of Sun 2027-03-28 03:00 CEST, where the clock changes"},
		{"*/10 * * * *", "Australia/Lord_Howe", "error: systemd would leave out the run of Sun 2027-04-04 01:30 +1030, where the clock changes"},
		{"*/10 * 1 * *", "Europe/Berlin", "*-*-01 *:00,10,20,30,40,50:00 Europe/Berlin"},
	} {
		lines, err := mustParse(t, c.expr).OnCalendar(c.zone, zone(t, c.zone), now)
		got := strings.Join(lines, " | ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s in %s: got %s, want %s", c.expr, c.zone, got, c.want)
		}
	}
}

// TestOnCalendarAgreesWithSystemd asks systemd itself when its timer would elapse.
func TestOnCalendarAgreesWithSystemd(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze here")
	}
	reNext := regexp.MustCompile(`(?:Next elapse|\(in UTC\)|Iter\. #\d+): (... \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)`)
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		if asked++; asked > 40 {
			return // each is a process
		}
		text := drawExpr(t)
		name := rapid.SampledFrom([]string{"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Tokyo"}).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0).UTC()
		e := mustParse(t, text)
		lines, err := e.OnCalendar(name, zone(t, name), now)
		if err != nil {
			return
		}
		want := map[string]bool{}
		at := now
		for range 4 {
			at, _ = e.Next(at, zone(t, name))
			want[at.UTC().Format("Mon 2006-01-02 15:04:05 UTC")] = true
		}
		got := map[string]bool{}
		for _, line := range lines {
			cmd := exec.Command("systemd-analyze", "calendar", "--iterations=4", "--base-time="+now.Format("2006-01-02 15:04:05 UTC"), line)
			cmd.Env = []string{"TZ=UTC", "PATH=/usr/bin:/bin", "LC_ALL=C"}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%s as %s: %v\n%s", text, line, err, out)
			}
			for _, m := range reNext.FindAllStringSubmatch(string(out), -1) {
				got[m[1]] = true
			}
		}
		for w := range want {
			if at.Before(now.AddDate(2, 0, 0)) && !got[w] { // as far as OnCalendar looks
				t.Fatalf("%s in %s after %v is %v, but %q elapses at %v", text, name, now, want, lines, got)
			}
		}
	})
}

func TestCrontab(t *testing.T) {
	for text, want := range map[string]string{
		"@daily": "0 0 * * *", "30 22 * jan mon-fri": "30 22 * 1 1,2,3,4,5", "*/5 8-10 1-7/3 * 7": "*/5 8,9,10 1,4,7 * 0", "0 0 */2 * fri-sun": "0 0 */2 * 0,5,6",
	} {
		got := mustParse(t, text).Crontab()
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if mustParse(t, got).fields != mustParse(t, text).fields {
			t.Errorf("%s is another expression than %s", got, text)
		}
	}
}
