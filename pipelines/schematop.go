package pipelines

import "fashionpipe/internal/cron"

// sweepSchema describes `sweep:`.
func sweepSchema(over bool) *schema {
	path := &schema{Pattern: `^(seed|vars\.[^.]+|stages\.[^.]+\.(uses|seed|allow|resources\.[^.]+|in\.[^.]+|with\.[^.]+))$`,
		PatternHint: "must be a path, such as seed, vars.NAME or stages.NAME.with.PARAMETER"}
	scalars := append([]string{"null"}, plain...)
	point := &schema{Type: append([]string{"array"}, scalars...), Items: &schema{Type: scalars}}
	axis := &schema{Type: "array", MinItems: 1, Items: point}
	paths := func() *schema {
		seeds := &schema{Type: "array", MinItems: 1, Items: seedSchema()}
		return orNullBody(&schema{Type: "object", MinProperties: 1, Names: path, Properties: map[string]*schema{"seed": orNull(seeds, over)}, Rest: orNull(&schema{Type: "array", MinItems: 1, Items: point}, over)}, over)
	}
	entry := &schema{Type: "object", Rest: false, Required: []string{"name"}, Properties: map[string]*schema{
		"name": {Type: plain, Description: "What the variant is called in tables and folders."},
		"set":  {Type: []string{"object", "null"}, Names: path, Rest: point, Description: "What it changes: path → value."},
	}}
	entries := &schema{Type: "array", MinItems: 1, Items: entry}
	s := &schema{Type: "object", Rest: false, MinProperties: 1, Description: topDocs["sweep"], Properties: map[string]*schema{
		"matrix": paths(),
		"zip":    {Type: []string{"object", "array"}, Names: path, MinProperties: 1, Rest: axis, Items: paths()},
		"list": {Type: []string{"array", "object"}, MinItems: 1, Items: entry,
			Names: &schema{Pattern: reAxisName.String(), PatternHint: nameRule, MaxLength: 100}, Rest: orNull(entries, over)},
		"exclude": {Type: "array", Items: &schema{Type: "object", MinProperties: 1, Rest: &schema{Type: point.Type, Items: point}}},
	}}
	s.Properties["matrix"].Description = "Paths with their values: every combination, the last path fastest."
	s.Properties["zip"].Description = "Paths whose values go side by side: one axis. A list of such mappings is one axis each."
	s.Properties["list"].Description = "Named overrides: one axis. A mapping gives several such axes their names."
	s.Properties["exclude"].Description = "Points to leave out: axis or path → value, or a list of values."
	for _, key := range sweepKeys[1:] {
		orNull(s.Properties[key], over)
	}
	return orNullBody(s, over)
}

// schedule describes `schedule:`.
func (w *schemaWriter) schedule(over bool) *schema {
	text := func(pattern, hint, doc string) *schema {
		return orNull(&schema{Type: "string", Pattern: pattern + "|" + anyRef, PatternHint: hint, Description: doc}, over)
	}
	pick := func(key, doc string) *schema {
		s := choice(scheduleChoices[key])
		s.Description, s.Default = doc, scheduleChoices[key][0]
		return orNull(s, over)
	}
	// The list is long, so both kinds of files share it.
	zone := orNull(&schema{Type: "string", AnyOf: []*schema{w.define("timezone", choice(cron.Zones()))}}, over)
	zone.Description = "Name of the IANA list, such as Europe/Berlin; the machine's without it."
	s := object(over, map[string]*schema{
		"cron": text(cron.Pattern(), "must be five fields, such as `0 3 * * *`, or a word such as @daily",
			"When: minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly, @yearly."),
		"timezone":   zone,
		"overlap":    pick("overlap", "Due while a run goes on: leave it out, or run once after it."),
		"catch_up":   pick("catch_up", "Due times that nobody watched: leave them out, or run once for the last of them."),
		"limit":      text(`^([0-9]+(\.[0-9]*)?(h|m|s|ms|us|µs|ns))+$`, "must be a length of time, such as 4h, 90m or 1h30m", "A run that takes longer is stopped."),
		"on_failure": pick("on_failure", "After a run that failed: wait for the next due time, or end."),
	})
	s.Description = topDocs["schedule"]
	if !over {
		s.Required = []string{"cron"}
	}
	return s
}
