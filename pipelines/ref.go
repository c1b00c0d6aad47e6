package pipelines

import (
	"fmt"
	"regexp"
	"strings"
)

// ref is a reference in a text: ${vars.name}, ${env.NAME}, ${env.NAME:-default} or ${env.NAME:?message}.
type ref struct {
	raw  string // as written
	env  bool
	name string
	op   string // "", ":-" or ":?"
	arg  string // what stands behind the op
}

// piece is a stretch of a text: plain, or a reference.
type piece struct {
	text string
	ref  *ref
}

// badRef is a reference that can't be read.
type badRef struct{ raw, problem, hint string }

var (
	reVarRef = regexp.MustCompile(`^vars\.([A-Za-z0-9_-]+)$`)
	reEnvRef = regexp.MustCompile(`(?s)^env\.([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)(.*))?$`)
)

// split cuts a text into its pieces. "$${" stands for a plain "${".
func split(s string) ([]piece, *badRef) {
	var out []piece
	var plain strings.Builder
	for s != "" {
		i := strings.Index(s, "${")
		if i < 0 {
			plain.WriteString(s)
			break
		}
		if i > 0 && s[i-1] == '$' {
			plain.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		plain.WriteString(s[:i])
		r, rest, bad := cutRef(s[i:])
		if bad != nil {
			return nil, bad
		}
		if plain.Len() > 0 {
			out = append(out, piece{text: plain.String()})
			plain.Reset()
		}
		out, s = append(out, piece{ref: r}), rest
	}
	if plain.Len() > 0 {
		out = append(out, piece{text: plain.String()})
	}
	return out, nil
}

// cutRef reads the reference that s begins with.
func cutRef(s string) (*ref, string, *badRef) {
	end := strings.Index(s, "}")
	if end < 0 {
		return nil, "", &badRef{"${", "`${` is not closed", "put a } behind the name; $${ stands for a plain ${"}
	}
	raw, inner := s[:end+1], s[2:end]
	if strings.Contains(inner, "${") {
		return nil, "", &badRef{"${", "a reference stands inside another", "make the inner one a variable of its own"}
	}
	if m := reVarRef.FindStringSubmatch(inner); m != nil {
		return &ref{raw: raw, name: m[1]}, s[end+1:], nil
	}
	if m := reEnvRef.FindStringSubmatch(inner); m != nil {
		return &ref{raw: raw, env: true, name: m[1], op: m[2], arg: m[3]}, s[end+1:], nil
	}
	return nil, "", explainRef(raw, inner)
}

func explainRef(raw, inner string) *badRef {
	b := &badRef{raw, fmt.Sprintf("`%s` names nothing", clip(raw)), "write ${vars.name} or ${env.NAME}; $${ stands for a plain ${"}
	switch {
	case strings.HasPrefix(inner, "vars.") && strings.Contains(inner, ":"):
		b.hint = "only ${env.NAME} takes `:-default`; a variable has its value under `vars:`"
	case strings.HasPrefix(inner, "var.") && reVarRef.MatchString("vars."+inner[4:]):
		b.hint = "did you mean `${vars." + inner[4:] + "}`?"
	case strings.HasPrefix(inner, "env."):
		b.hint = "write ${env.NAME}, ${env.NAME:-default} or ${env.NAME:?message}"
	case reName.MatchString(inner):
		b.hint = "write ${vars." + inner + "} for a variable, ${env." + inner + "} for the environment; $${ stands for a plain ${"
	}
	return b
}
