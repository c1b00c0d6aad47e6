package hub

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/internal/download"
)

// Hub is a hub and the cache before it.
type Hub struct {
	Cache    string // folder of the cache
	Endpoint string // https://huggingface.co
	Offline  bool   // the network is never asked

	client *download.Client
}

const publicEndpoint = "https://huggingface.co"

// New gives the hub that the environment names; getenv is os.Getenv.
func New(getenv func(string) string) *Hub {
	home := firstOf(expand(getenv("HF_HOME")), filepath.Join(firstOf(expand(getenv("XDG_CACHE_HOME")), expand("~/.cache")), "huggingface"))
	h := &Hub{
		Cache:    firstOf(expand(getenv("HF_HUB_CACHE")), expand(getenv("HUGGINGFACE_HUB_CACHE")), filepath.Join(home, "hub")),
		Endpoint: strings.TrimRight(firstOf(getenv("HF_ENDPOINT"), publicEndpoint), "/"),
		Offline:  yes(firstOf(getenv("HF_HUB_OFFLINE"), getenv("TRANSFORMERS_OFFLINE"))),
		client:   download.New("the hub"),
	}
	h.client.Token = token(getenv, home)
	return h
}

// token is what says who asks, "" for nobody: that of the variables, else of the file where huggingface_hub keeps it.
func token(getenv func(string) string, home string) string {
	if yes(getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) { // it is sent where code asks for it, which a reference can't
		return ""
	}
	text := firstOf(getenv("HF_TOKEN"), getenv("HUGGING_FACE_HUB_TOKEN"))
	if text == "" {
		b, err := os.ReadFile(firstOf(expand(getenv("HF_TOKEN_PATH")), filepath.Join(home, "token")))
		if err == nil { // most people have none
			text = string(b)
		}
	}
	return strings.Join(strings.Fields(text), "")
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
