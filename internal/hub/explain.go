package hub

import (
	"errors"
	"fmt"
	"strings"

	"fashionpipe/internal/download"
)

// explain says what to do about an error of the hub.
func (h *Hub) explain(r Ref, path string, err error) error {
	var s *download.Status
	remedy := ""
	switch {
	case !errors.As(err, &s):
		var own *download.OwnError
		if errors.As(err, &own) {
			return fmt.Errorf("%s: %w", r, err)
		}
		return fmt.Errorf("%s: can't be had from %s: %w: try again, or copy the folder %s into %s from a machine that has it", r, h.Endpoint, err, folderName(r.Repo), h.Cache)
	case s.Code == 401 && h.client.Token == "":
		remedy = "there is no such repository, or one needs a token to read it: check the name, or set HF_TOKEN"
	case s.Code == 401:
		remedy = "there is no such repository, or HF_TOKEN may not read it: check both"
	case s.Code == 403:
		remedy = fmt.Sprintf("ask for access at %s/%s with your account, and set HF_TOKEN to a token of it that may read gated repositories", h.Endpoint, r.Repo)
	case s.Code == 404 && s.Kind == "EntryNotFound":
		remedy = fmt.Sprintf("there is no file %s at revision %s: name one, %s", path, r.Revision, form)
	case s.Code == 404 && s.Kind == "RevisionNotFound":
		remedy = fmt.Sprintf("there is no revision %s: name a commit, branch or tag", r.Revision)
	case s.Code == 404:
		remedy = "there is no such repository: check the name"
	case s.Code == 429:
		remedy = "too many requests from here: wait, or set HF_TOKEN"
	default:
		remedy = "try again later"
	}
	return fmt.Errorf("%s: %w: %s", r, err, strings.TrimSpace(remedy))
}
