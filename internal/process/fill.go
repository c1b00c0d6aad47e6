package process

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// placeholder is {out}, {in.images}, {in.images.2} and the like. Other braces are text.
var placeholder = regexp.MustCompile(`\{(out|scratch|seed|workers|(?:in|digest|source)\.[a-z_]+)(?:\.([0-9]+))?\}`)

// Values are what placeholders stand for: "out", "seed", "in.images". A list has one value per stage connected.
type Values map[string][]string

// Names lists the placeholders in texts, each once, without the number of one of several.
func Names(texts ...string) []string {
	var names []string
	for _, t := range texts {
		for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
			if !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// Fill puts values in the place of placeholders. An argument that is nothing but a placeholder becomes as many as there
// are values. It is an error where a text has room for one value and there are several, or none.
func (v Values) Fill(args []string) ([]string, error) {
	var out []string
	for _, a := range args {
		if m := placeholder.FindStringSubmatch(a); m != nil && m[0] == a && m[2] == "" && len(v[m[1]]) > 1 {
			out = append(out, v[m[1]]...)
			continue
		}
		text, err := v.Text(a)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

// Text puts values in the place of placeholders of one text.
func (v Values) Text(s string) (string, error) {
	var bad error
	text := placeholder.ReplaceAllStringFunc(s, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		value, err := v.one(m[1], m[2])
		if err != nil {
			bad = fmt.Errorf("%s in %q: %w", p, s, err)
		}
		return value
	})
	return text, bad
}

func (v Values) one(name, number string) (string, error) {
	list := v[name]
	switch n, _ := strconv.Atoi(number); {
	case len(list) == 0:
		return "", fmt.Errorf("nothing is connected there")
	case number == "" && len(list) > 1:
		return "", fmt.Errorf("%d stages are connected there: write {%s.1} for the first, or let {%s} be an argument of its own", len(list), name, name)
	case number == "":
		return list[0], nil
	case n < 1 || n > len(list):
		return "", fmt.Errorf("there are %d, counted from 1", len(list))
	default:
		return list[n-1], nil
	}
}

// Variable gives the name of the environment variable for a value: PIPE_IN_IMAGES for in.images.
func Variable(name string) string {
	return "PIPE_" + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}
