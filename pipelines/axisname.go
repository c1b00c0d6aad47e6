package pipelines

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// nameAxes gives each axis a short name that no other has: the end of its path, and more of the path where two end
// alike. Names that only differ in case count as equal, since they become names of files.
func nameAxes(as []*axis) {
	for range 4 {
		seen := map[string]int{}
		for _, a := range as {
			a.name = a.levelName()
			seen[strings.ToLower(a.name)]++
		}
		for _, a := range as {
			if seen[strings.ToLower(a.name)] > 1 {
				a.level++
			}
		}
	}
	used := map[string]bool{}
	for _, a := range as {
		for base, i := a.name, 2; used[strings.ToLower(a.name)]; i++ {
			a.name = fmt.Sprintf("%s_%d", base, i)
		}
		used[strings.ToLower(a.name)] = true
	}
}

// levelName is the name at the axis's level. An axis of several paths has all their names.
func (a *axis) levelName() string {
	if a.given != "" {
		return a.given
	}
	var parts []string
	for _, p := range a.paths {
		names := p.names()
		parts = append(parts, names[min(a.level, len(names)-1)])
	}
	name := strings.Join(parts, "+")
	if len(name) > 60 && len(parts) > 1 {
		name = fmt.Sprintf("%s+%d_more", parts[0], len(parts)-1)
	}
	return name
}

// names lists the names of a path, the shortest first. `seed` is that of the experiment's seed only.
func (o override) names() []string {
	var names []string
	add := func(keys ...string) {
		name := strings.Join(keys, ".")
		if len(keys) == len(o.keys) || name != "seed" {
			names = append(names, name)
		}
	}
	last := len(o.keys) - 1
	add(o.keys[last])
	switch last {
	case 2:
		add(o.keys[1:]...)
	case 3:
		add(o.keys[1], o.keys[3])
		add(o.keys[1:]...)
	}
	if last > 0 {
		add(o.keys...)
	}
	return names
}

var notSlug = regexp.MustCompile(`[^A-Za-z0-9._+-]+`)

// slugs gives each point a short name of letters, digits and `._+-`, in which no two points of the axis are alike, not
// even where upper and lower case count as the same.
func (a *axis) slugs() {
	count := map[string]int{}
	for i := range a.points {
		p := &a.points[i]
		s := strings.NewReplacer("[]", "empty", `""`, "empty", "[", "", "]", "").Replace(p.label)
		p.slug = shorten(strings.TrimRight(notSlug.ReplaceAllString(s, "-"), "-."), 40)
		count[strings.ToLower(p.slug)]++
	}
	for i := range a.points {
		if p := &a.points[i]; p.slug == "" || count[strings.ToLower(p.slug)] > 1 {
			p.slug = strings.TrimLeft(shorten(p.slug, 23)+"-"+hash(p.label), "-")
		}
	}
}

// shorten cuts a name to a length, the last characters being a hash of the whole.
func shorten(s string, length int) string {
	if len(s) <= length {
		return s
	}
	return s[:length-17] + "-" + hash(s)
}

// hash is 16 characters that no two of a sweep's names share.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// maxName is the length of what stands for the axes in a variant's name.
const maxName = 120

// name is that of the variant at a point: axis=value,axis=value.
func (p *plan) name(at []int) string { return p.nameOf(^axes(0), at) }

// nameOf is the part of a variant's name that some of the axes give.
func (p *plan) nameOf(on axes, at []int) string {
	var b strings.Builder
	for i, a := range p.axes {
		if on&(1<<i) != 0 {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			b.WriteString(a.name)
			b.WriteByte('=')
			b.WriteString(a.points[at[i]].slug)
		}
	}
	return shorten(b.String(), maxName)
}
