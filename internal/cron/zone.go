package cron

import (
	_ "embed"
	"strings"
	"time"
	_ "time/tzdata" // time zones on machines that have none
)

// The names of Go's own copy of the IANA database, one on a line.
//
//go:embed zones.txt
var zonesText string

// Zones lists the names of time zones.
func Zones() []string { return strings.Fields(zonesText) }

// Zone finds a time zone by its IANA name ("Asia/Tokyo"), whether or not the machine has a database of them.
func Zone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" || strings.ContainsAny(name, " \t") {
		return nil, false
	}
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}
