package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxRedirects = 10
	attempts     = 5                // without any progress
	longestPause = 60 * time.Second // that a server may ask for
)

// follow keeps the token from other servers, such as the one that sends large files, and the connection encrypted.
func follow(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	if len(via) >= maxRedirects {
		return errors.New("too many redirects")
	}
	if last.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("redirected from https to %s", req.URL.Scheme)
	}
	if req.URL.Host != via[0].URL.Host {
		req.Header.Del("Authorization")
		if req.Method == http.MethodHead {
			return http.ErrUseLastResponse // what the hub knows of the file is in its own answer
		}
	}
	return nil
}

// errStalled is that nothing arrived for too long.
var errStalled = errors.New("nothing has arrived for too long")

// answer is a response whose body ends where nothing arrives for too long.
type answer struct {
	*http.Response
	watch  *time.Timer
	stall  time.Duration
	cancel context.CancelCauseFunc
	ctx    context.Context
}

func (a *answer) Read(b []byte) (int, error) {
	n, err := a.Body.Read(b)
	a.watch.Reset(a.stall)
	if err != nil && !errors.Is(err, io.EOF) && context.Cause(a.ctx) != nil {
		err = context.Cause(a.ctx)
	}
	return n, err
}

func (a *answer) Close() {
	a.watch.Stop()
	_ = a.Body.Close()
	a.cancel(nil)
}

// ask sends one request.
func (h *Hub) ask(ctx context.Context, method, to string, from int64) (*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(h.stall, func() { cancel(errStalled) })
	fail := func(err error) (*answer, error) {
		watch.Stop()
		cause := context.Cause(ctx)
		cancel(nil)
		if cause != nil {
			err = cause
		}
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, to, http.NoBody)
	if err != nil {
		return fail(err)
	}
	req.Header.Set("User-Agent", "fashionpipe")
	req.Header.Set("Accept-Encoding", "identity") // sizes and ranges are those of the file
	if h.Token != "" {
		req.Header.Set("Authorization", "Bearer "+h.Token)
	}
	if from > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
	}
	resp, err := h.client.Do(req) //nolint:bodyclose // answer.Close does
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a signature
		}
		return fail(err)
	}
	return &answer{resp, watch, h.stall, cancel, ctx}, nil
}

// status is an answer that isn't what was asked for.
type status struct {
	code  int
	kind  string        // X-Error-Code
	after time.Duration // Retry-After
}

func (s *status) Error() string {
	text := fmt.Sprintf("the hub says %d %s", s.code, http.StatusText(s.code))
	if s.kind != "" {
		text += " (" + s.kind + ")"
	}
	return text
}

func statusOf(a *answer) error {
	s := &status{code: a.StatusCode, kind: a.Header.Get("X-Error-Code")}
	if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil {
		s.after = min(time.Duration(n)*time.Second, longestPause)
	}
	return s
}

// passing says whether it may go better another time, and how long a server asks to wait.
func passing(err error) (bool, time.Duration) {
	var s *status
	if errors.As(err, &s) {
		switch s.code {
		case 408, 429, 500, 502, 503, 504:
			return true, s.after
		}
		return false, 0
	}
	var own *ownError
	return !errors.As(err, &own) && !errors.Is(err, errOther), 0
}

// ownError is one of this machine, or of the content: trying again doesn't help.
type ownError struct{ error }

func (e *ownError) Unwrap() error { return e.error }

// again calls f until it works, with pauses that double. f says whether it got any further.
func (h *Hub) again(ctx context.Context, say func(string), f func() (further bool, err error)) error {
	for attempt := 0; ; attempt++ {
		further, err := f()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if further {
			attempt = 0
		}
		retry, wait := passing(err)
		if !retry {
			return err
		}
		if attempt == attempts-1 {
			return fmt.Errorf("%w (tried %d times)", err, attempts)
		}
		wait = max(wait, h.pause(attempt))
		say(fmt.Sprintf("%v: tries again in %v", err, wait.Round(time.Millisecond)))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// explain says what to do about an error of the hub.
func (h *Hub) explain(r Ref, path string, err error) error {
	var s *status
	remedy := ""
	switch {
	case !errors.As(err, &s):
		var own *ownError
		if errors.As(err, &own) {
			return fmt.Errorf("%s: %w", r, err)
		}
		return fmt.Errorf("%s: can't be had from %s: %w: try again, or copy the folder %s into %s from a machine that has it", r, h.Endpoint, err, folderName(r.Repo), h.Cache)
	case s.code == 401 && h.Token == "":
		remedy = "there is no such repository, or one needs a token to read it: check the name, or set HF_TOKEN"
	case s.code == 401:
		remedy = "there is no such repository, or HF_TOKEN may not read it: check both"
	case s.code == 403:
		remedy = fmt.Sprintf("ask for access at %s/%s with your account, and set HF_TOKEN to a token of it that may read gated repositories", h.Endpoint, r.Repo)
	case s.code == 404 && s.kind == "EntryNotFound":
		remedy = fmt.Sprintf("there is no file %s at revision %s: name one, %s", path, r.Revision, form)
	case s.code == 404 && s.kind == "RevisionNotFound":
		remedy = fmt.Sprintf("there is no revision %s: name a commit, branch or tag", r.Revision)
	case s.code == 404:
		remedy = "there is no such repository: check the name"
	case s.code == 429:
		remedy = "too many requests from here: wait, or set HF_TOKEN"
	default:
		remedy = "try again later"
	}
	return fmt.Errorf("%s: %w: %s", r, err, strings.TrimSpace(remedy))
}
