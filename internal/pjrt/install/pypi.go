package install

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"fashionpipe/internal/download"
)

// project is what PyPI's JSON interface knows of a package.
type project struct {
	Info struct {
		Version  string   `json:"version"` // the newest
		Requires []string `json:"requires_dist"`
	} `json:"info"`
	Releases map[string][]wheel `json:"releases"`
}

type wheel struct {
	Filename string `json:"filename"`
	URL      string `json:"url"`
	Size     int64  `json:"size"`
	Yanked   bool   `json:"yanked"`
	Digests  struct {
		SHA256 string `json:"sha256"`
	} `json:"digests"`
}

// requirement is a package with bounds of its version: nvidia-cudnn-cu12<10.0,>=9.8; markers.
type requirement struct {
	name   string
	bounds [][2]string // operator and version
}

var (
	reRequirement = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*\(?([^;)]*)\)?\s*(?:;.*)?$`)
	reBound       = regexp.MustCompile(`^\s*(===|==|>=|<=|~=|!=|>|<)\s*([0-9][0-9.]*)\s*$`)
	reNumbers     = regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`) // final releases
)

// parseRequirement reads one as packages list what they need (PEP 508), as far as NVIDIA's and JAX's do.
func parseRequirement(text string) (requirement, error) {
	m := reRequirement.FindStringSubmatch(text)
	if m == nil {
		return requirement{}, fmt.Errorf("%q is no requirement of a package", text)
	}
	r := requirement{name: m[1]}
	for part := range strings.SplitSeq(m[2], ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		b := reBound.FindStringSubmatch(part)
		if b == nil {
			return requirement{}, fmt.Errorf("%q: %q is no bound of a version", text, part)
		}
		r.bounds = append(r.bounds, [2]string{b[1], b[2]})
	}
	return r, nil
}

// allows says whether a version is within the bounds.
func (r requirement) allows(version string) bool {
	if !reNumbers.MatchString(version) {
		return false
	}
	for _, b := range r.bounds {
		c, ok := compareVersions(version, b[1]), false
		switch b[0] {
		case "==", "===":
			ok = c == 0
		case "!=":
			ok = c != 0
		case ">=", "~=":
			ok = c >= 0
		case "<=":
			ok = c <= 0
		case ">":
			ok = c > 0
		case "<":
			ok = c < 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// compareVersions compares numbers with dots; 1.0 and 1 are the same.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i])
		}
		if i < len(bs) {
			y, _ = strconv.Atoi(bs[i])
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// find asks for the newest wheel for this machine that a requirement allows.
func (i *Installer) find(ctx context.Context, r requirement) (file, error) {
	var p project
	base := i.PyPI + "/pypi/" + r.name + "/json"
	if err := i.read(ctx, base, PyPIVariable, &p); err != nil {
		return file{}, err
	}
	best, found := "", wheel{}
	for version, wheels := range p.Releases {
		if !r.allows(version) || best != "" && compareVersions(version, best) <= 0 {
			continue
		}
		for _, w := range wheels {
			if i.fits(w) {
				best, found = version, w
				break
			}
		}
	}
	if best == "" {
		return file{}, fmt.Errorf("%s: none of its versions that are needed (%v) is there for %s", base, r.bounds, i.machine())
	}
	from, err := url.Parse(base)
	if err != nil {
		return file{}, err
	}
	at, err := from.Parse(found.URL) // a mirror's may be relative
	if err != nil {
		return file{}, err
	}
	return file{name: found.Filename, url: at.String(), Content: download.Content{Sum: found.Digests.SHA256, Size: found.Size}}, nil
}

var reFilename = regexp.MustCompile(`^[\w.+-]+-py3-none-([\w.]+)\.whl$`)

// fits says whether a wheel is for any Python 3 on this machine, and has what it is to be compared with.
func (i *Installer) fits(w wheel) bool {
	m := reFilename.FindStringSubmatch(w.Filename)
	return m != nil && !w.Yanked && len(w.Digests.SHA256) == 64 && strings.Contains(m[1], "manylinux") && strings.HasSuffix(m[1], i.machine())
}

// machine is the architecture as wheels call it.
func (i *Installer) machine() string {
	switch i.arch {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	}
	return i.arch
}
