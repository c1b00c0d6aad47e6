package hub

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Hub is a hub and the cache before it.
type Hub struct {
	Cache    string // folder of the cache
	Endpoint string // https://huggingface.co
	Token    string // "" for nobody's
	Offline  bool   // the network is never asked

	client *http.Client
	stall  time.Duration                   // how long nothing may arrive
	pause  func(attempt int) time.Duration // before the next attempt, from 0
}

const (
	publicEndpoint = "https://huggingface.co"
	stallAfter     = 30 * time.Second
	connectWithin  = 10 * time.Second
)

// New gives the hub that the environment names; getenv is os.Getenv.
func New(getenv func(string) string) *Hub {
	home := firstOf(expand(getenv("HF_HOME")), filepath.Join(firstOf(expand(getenv("XDG_CACHE_HOME")), expand("~/.cache")), "huggingface"))
	h := &Hub{
		Cache:    firstOf(expand(getenv("HF_HUB_CACHE")), expand(getenv("HUGGINGFACE_HUB_CACHE")), filepath.Join(home, "hub")),
		Endpoint: strings.TrimRight(firstOf(getenv("HF_ENDPOINT"), publicEndpoint), "/"),
		Token:    firstOf(getenv("HF_TOKEN"), getenv("HUGGING_FACE_HUB_TOKEN")),
		Offline:  yes(firstOf(getenv("HF_HUB_OFFLINE"), getenv("TRANSFORMERS_OFFLINE"))),
		stall:    stallAfter,
		pause:    func(attempt int) time.Duration { return time.Second << attempt },
	}
	if h.Token == "" {
		text, err := os.ReadFile(firstOf(expand(getenv("HF_TOKEN_PATH")), filepath.Join(home, "token")))
		if err == nil { // most people have none
			h.Token = string(text)
		}
	}
	h.Token = strings.Join(strings.Fields(h.Token), "")
	if yes(getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) { // it is sent where code asks for it, which a reference can't
		h.Token = ""
	}
	h.client = &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: connectWithin}).DialContext,
			TLSHandshakeTimeout: connectWithin,
			ForceAttemptHTTP2:   true,
		},
		CheckRedirect: follow,
	}
	return h
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// expand fills in variables and the home folder, as huggingface_hub does.
func expand(path string) string {
	path = os.ExpandEnv(path)
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			return home + rest
		}
	}
	return path
}

// yes reads a switch as huggingface_hub does.
func yes(v string) bool {
	switch strings.ToUpper(v) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

// url is where a file of a commit, branch or tag is.
func (h *Hub) url(repo, revision, path string) string {
	return h.Endpoint + "/" + repo + "/resolve/" + url.PathEscape(revision) + "/" + (&url.URL{Path: path}).EscapedPath()
}

// folder is a repository's in the cache.
func (h *Hub) folder(repo string) string {
	return filepath.Join(h.Cache, folderName(repo))
}

func folderName(repo string) string { return "models--" + strings.ReplaceAll(repo, "/", "--") }
