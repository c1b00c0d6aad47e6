package catalogue

import (
	"fmt"
	"strings"

	"fashionpipe/formats"
)

// Contents gives the SHA-256 of every photo of a photos artifact by its path; of a photo with several items once. Photos
// that were left out have "".
func Contents(dir string) (map[string]string, error) {
	out := map[string]string{}
	rejects, err := formats.ReadRejects(dir)
	if err != nil {
		return nil, err
	}
	for _, r := range rejects {
		out[r.Path] = ""
	}
	err = formats.ScanPhotos(dir, func(part []formats.Photo) error {
		for _, p := range part {
			out[p.Path] = p.SHA256
		}
		return nil
	})
	return out, err
}

// Changes words how one set of photos differs from an older one: "3 added, 1 removed, 2 changed"; "" if it does not. A
// photo without a digest counts as unchanged.
func Changes(old, now map[string]string) string {
	added, removed, changed := 0, 0, 0
	for path, sum := range now {
		was, had := old[path]
		switch {
		case !had:
			added++
		case was != sum && was != "" && sum != "":
			changed++
		}
	}
	for path := range old {
		if _, has := now[path]; !has {
			removed++
		}
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{added, "added"}, {removed, "removed"}, {changed, "changed"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
