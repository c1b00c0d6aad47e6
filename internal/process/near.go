package process

import (
	"regexp"
	"strings"
)

// braced is a word in braces.
var braced = regexp.MustCompile(`\{ *([A-Za-z][A-Za-z_]*)(\.[A-Za-z_]*)?(\.[0-9]+)? *\}`)

// meant are words that people write for placeholders, beside those with one letter wrong.
var meant = map[string]string{
	"output": "out", "worker": "workers", "in": "in", "input": "in", "inputs": "in", "digest": "digest", "source": "source",
}

// Near finds the first text in braces that is no placeholder but looks as if it was meant for one, such as {outt}: what was
// written and what may be meant. Both are "" where there is none.
func Near(texts ...string) (wrote, may string) {
	for _, t := range texts {
		for _, at := range braced.FindAllStringIndex(t, -1) {
			wrote := t[at[0]:at[1]]
			if placeholder.FindString(wrote) == wrote || at[0] > 0 && t[at[0]-1] == '$' { // ${out} is a shell's
				continue
			}
			m := braced.FindStringSubmatch(wrote)
			if may := nearTo(strings.ToLower(m[1]), strings.ToLower(m[2])); may != "" {
				return wrote, "{" + may + m[3] + "}"
			}
		}
	}
	return "", ""
}

// nearTo gives the placeholder that a word, and a port with its dot, may be meant for; "" if none.
func nearTo(word, port string) string {
	names := []string{"out", "scratch", "seed", "workers"}
	if port != "" {
		names = []string{"in", "digest", "source"}
	}
	for _, name := range names {
		if word == name || meant[word] == name || len(name) > 2 && oneOff(word, name) {
			return name + port
		}
	}
	if name := meant[word]; port == "" && (name == "in" || name == "digest") {
		return name + ".images"
	} else if name == "source" && port == "" {
		return "source.photos"
	}
	return ""
}

// oneOff says whether a letter too many, one too few, or two that changed places make a into b, or, in longer words, one
// other letter: {our} and {cut} may be words of a program.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return swapped || i < len(a) && len(a) > 3 && a[i+1:] == b[i+1:]
	}
	return false
}
