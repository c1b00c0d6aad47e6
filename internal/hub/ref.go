package hub

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// Scheme is what names of files on the hub begin with.
const Scheme = "hf:"

// Ref names a file of a repository.
type Ref struct {
	Repo     string // org/name
	Revision string // a commit, branch or tag; "main" if not said
	Path     string // of the file in the repository; "" for its weights, see Weights
}

// Weights are the files that a repository's weights are looked for in, in this order, as timm and transformers name them.
var Weights = []string{"model.safetensors", "pytorch_model.bin"}

const (
	defaultRevision = "main"
	form            = "hf:org/name[@revision][/file]"
)

var (
	repoPattern   = regexp.MustCompile(`^[A-Za-z0-9_][\w.-]*/[A-Za-z0-9_][\w.-]*$`)
	commitPattern = regexp.MustCompile(`^[0-9a-f]{40}$`)
	// Revisions with a slash in them are those of pull requests and conversions; others are written with %2F.
	revisionPattern = regexp.MustCompile(`^(refs/(?:pr|convert)/[\w.-]+|[^/]+)(?:/(.*))?$`)
)

// Parse reads hf:org/name[@revision][/file], as huggingface_hub's HfFileSystem writes it.
func Parse(text string) (Ref, error) {
	rest, ok := strings.CutPrefix(text, Scheme)
	bad := func(why string) (Ref, error) {
		return Ref{}, fmt.Errorf("%q: %s: write %s, such as hf:timm/vgg16.tv_in1k", text, why, form)
	}
	if !ok {
		return bad("it doesn't begin with hf:")
	}
	r := Ref{Revision: defaultRevision}
	if repo, after, pinned := strings.Cut(rest, "@"); pinned && strings.Count(repo, "/") == 1 {
		m := revisionPattern.FindStringSubmatch(after)
		if m == nil {
			return bad("there is no revision behind the @")
		}
		revision, err := url.PathUnescape(m[1])
		if err != nil {
			return bad(err.Error())
		}
		r.Repo, r.Revision, r.Path = repo, revision, m[2]
	} else if parts := strings.SplitN(rest, "/", 3); len(parts) == 3 {
		r.Repo, r.Path = parts[0]+"/"+parts[1], parts[2]
	} else {
		r.Repo = rest
	}
	switch {
	case strings.HasSuffix(rest, "/"):
		return bad("there is no file behind the last slash")
	case !repoPattern.MatchString(r.Repo) || strings.Contains(r.Repo, "..") || strings.Contains(r.Repo, "--"):
		return bad(fmt.Sprintf("%q is no name of a repository", r.Repo))
	case !plain(r.Revision):
		return bad(fmt.Sprintf("%q is no revision", r.Revision))
	case r.Path != "" && !plain(r.Path):
		return bad(fmt.Sprintf("%q is no path of a file", r.Path))
	}
	return r, nil
}

// plain says whether a path stays below where it starts.
func plain(p string) bool {
	return p != "" && path.Clean(p) == p && !path.IsAbs(p) && p != "." && p != ".." && !strings.HasPrefix(p, "../") &&
		!strings.ContainsAny(p, "\\\x00:?#*\"<>|")
}

// String writes the reference as Parse reads it.
func (r Ref) String() string {
	s := Scheme + r.Repo
	if r.Revision != defaultRevision {
		s += "@" + r.Revision
		if strings.Contains(r.Revision, "/") && !strings.HasPrefix(r.Revision, "refs/") {
			s = Scheme + r.Repo + "@" + url.PathEscape(r.Revision)
		}
	}
	if r.Path != "" {
		s += "/" + r.Path
	}
	return s
}

// Pinned says whether the reference names a commit, so that it means the same for ever.
func (r Ref) Pinned() bool { return commitPattern.MatchString(r.Revision) }

// candidates are the paths that the reference may mean.
func (r Ref) candidates() []string {
	if r.Path != "" {
		return []string{r.Path}
	}
	return Weights
}
