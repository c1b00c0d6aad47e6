package pipelines

import "strings"

// plainWords says a syntax error of the YAML library so that a newcomer knows what to do. line is the source line, and
// col and tok are the column and the text of the token it happened at.
func plainWords(msg, line string, col int, tok string) (problem, hint string) {
	has := func(s string) bool { return strings.Contains(msg, s) }
	first := col <= len([]rune(line))-len([]rune(strings.TrimLeft(line, " ")))+1 // nothing stands before it
	switch {
	case strings.Contains(line, "{{"):
		return "`{{ }}` is not used here", "a variable is written \"${vars.name}\", one of the environment \"${env.NAME}\""
	case has("must be specified") && strings.Contains(line, "${"):
		return "`${…}` between `{` and `}` or `[` and `]` needs quotes", `write "${vars.name}" there`
	case has("'}' must be specified"), has("end token '}'"):
		return "a `{` is not closed, or a comma is missing", "write {key: value, key: value}"
	case has("']' must be specified"), has("']' not found"):
		return "a `[` is not closed, or a comma is missing", "write [value, value]"
	case has("could not find end character of double-quoted"):
		return "the quotation mark is not closed", `put a " at the end of the text`
	case has("could not find end character of single-quoted"):
		return "the quotation mark is not closed", "put a ' at the end of the text"
	case has("mapping value is not allowed") && !first:
		return "a second `:` in one line, or wrong indentation", "put a value with a colon in quotes; keys of one level start in one column"
	case has("reserved character"), has("cannot start any token"), has("unexpected directive"):
		return "a plain value can't begin with `" + clip(tok) + "`", "put the value in quotes"
	case has("unexpected key name"):
		return "a key without a value, or a text in the wrong place", "write `key: value`, with a space behind the colon"
	case has("found unknown escape"):
		return "in double quotes, `\\` begins an escape, and this is none", "use single quotes for paths such as 'C:\\x'"
	case first && strings.HasPrefix(strings.TrimSpace(line), ":"):
		return "a line can't begin with `:`", "write `key: value` on one line"
	case first && (has("not allowed in this context") || has("invalid key") || has("non-map value")):
		return "this line does not fit the ones above", "keys of one level must start in the same column"
	case has("value is not allowed in this context"):
		return "there is more text behind a value that is complete", "put the whole value in quotes"
	case has("invalid key for this map"), has("non-map value is specified"):
		return "`key: value` is expected here", ""
	case has("invalid header option"):
		return "behind `|` or `>` stands nothing, `-` or `+`", "put the text on the lines below, indented"
	}
	return "this is not YAML: " + msg, ""
}
