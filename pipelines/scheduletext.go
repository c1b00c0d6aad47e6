package pipelines

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"fashionpipe/internal/cron"
	"fashionpipe/internal/spelling"
)

func (c *checker) readCron(s *Schedule, n *node) {
	if !c.readText("cron", `write cron: "0 3 * * *" for every day at 03:00`, n) {
		return
	}
	expr, err := cron.Parse(n.text)
	var mistake *cron.Error
	if errors.As(err, &mistake) {
		c.failInside(n, mistake.From, mistake.Width, mistake.Hint, "%s", mistake.Problem)
		return
	}
	s.Cron, s.Times = expr.String(), expr
}

// failInside keeps a mistake with some characters of a text, from one on; with all of it where they can't be found.
func (c *checker) failInside(n *node, from, width int, hint, format string, args ...any) {
	at := n.at
	if n.quoted {
		at.col++
	}
	rest := ""
	if runes := []rune(at.src.line(at.line)); !at.src.set && at.col >= 1 && at.col <= len(runes) {
		rest = string(runes[at.col-1:])
	}
	if n.via != "" || !strings.HasPrefix(rest, n.text) || from >= utf8.RuneCountInString(n.text) {
		c.failAt(n, hint, format, args...)
		return
	}
	at.col += from
	c.failWide(at, width, hint, format, args...)
}

// reOffset is a time zone as a distance from UTC, which knows no daylight saving.
var reOffset = regexp.MustCompile(`^(?i:utc|gmt)?[+-][0-9:]+$`)

func (c *checker) readTimezone(s *Schedule, n *node) {
	if !c.readText("timezone", "write a place of the IANA list, such as Europe/Berlin, or leave it out for the machine's", n) {
		return
	}
	if loc, ok := cron.Zone(n.text); ok {
		s.Timezone, s.Location = n.text, loc
		return
	}
	hint := "write a place of the IANA list, such as Europe/Berlin"
	near, found := nearestZone(n.text)
	switch {
	case n.text == "Local" || strings.EqualFold(n.text, "local"):
		hint = "leave it out for the machine's"
	case len(n.text) <= 5 && strings.ToUpper(n.text) == n.text && !reOffset.MatchString(n.text):
		hint = "abbreviations can mean several zones: write a place, such as Europe/Berlin"
	case found:
		hint = "did you mean `" + near + "`?"
	case reOffset.MatchString(n.text):
		hint = "write a place, such as Europe/Berlin: it knows about daylight saving. Etc/GMT-2 is always two hours ahead of UTC"
	}
	c.failAt(n, hint, "there is no time zone `%s`", clip(n.text))
}

// nearestZone finds the time zone that was meant: by its name, or by its last part ("Tokyo").
func nearestZone(text string) (string, bool) {
	zones := cron.Zones()
	text = strings.ReplaceAll(text, " ", "_")
	if strings.Contains(text, "/") {
		return spelling.Nearest(text, zones)
	}
	if len(text) < 4 {
		return "", false
	}
	var cities []string
	full := map[string]string{}
	for _, z := range zones {
		city := z[strings.LastIndex(z, "/")+1:]
		if full[city] == "" && !strings.HasPrefix(z, "Etc/") {
			cities, full[city] = append(cities, city), z
		}
	}
	city, ok := spelling.Nearest(text, cities)
	return full[city], ok
}

// readLimit reads how long a run may take.
func (c *checker) readLimit(s *Schedule, n *node) {
	const example = "write 4h, 90m or 1h30m"
	if !c.readText("limit", example+", or leave it out for no limit", n) {
		return
	}
	d, err := time.ParseDuration(n.text)
	switch days, isDays := strings.CutSuffix(n.text, "d"); {
	case err == nil && d >= time.Second:
		s.Limit = d
	case err == nil && d == 0:
		c.failAt(n, "leave it out for no limit", "`limit` must be at least a second, not %s", n.text)
	case err == nil:
		c.failAt(n, "", "`limit` must be at least a second, not %s", n.text)
	case plainType(n.text) == intType:
		c.failAt(n, "write "+n.text+"h for hours or "+n.text+"m for minutes", "`limit` needs a unit")
	case isDays && plainType(days) == intType:
		c.failAt(n, "write it in hours, such as 48h", "`limit` can't be in days")
	default:
		c.failAt(n, example, "`limit` must be a length of time, not %s", n.describe())
	}
}
