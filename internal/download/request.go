package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	maxRedirects = 10
	attempts     = 5                // without any progress
	longestPause = 60 * time.Second // that a server may ask for
)

// Client asks one server, and those that it sends on to.
type Client struct {
	Server string // what people call it: the hub
	Token  string // to say who asks; "" for nobody
	HTTP   *http.Client
	Stall  time.Duration                   // how long nothing may arrive
	Pause  func(attempt int) time.Duration // before the next attempt, from 0
}

const (
	stallAfter    = 30 * time.Second
	connectWithin = 10 * time.Second
)

// New gives a client of a server, by what people call it.
func New(server string) *Client {
	return &Client{
		Server: server,
		Stall:  stallAfter,
		Pause:  func(attempt int) time.Duration { return time.Second << attempt },
		HTTP: &http.Client{
			Transport: &http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				DialContext:         (&net.Dialer{Timeout: connectWithin}).DialContext,
				TLSHandshakeTimeout: connectWithin,
				ForceAttemptHTTP2:   true,
			},
			CheckRedirect: follow,
		},
	}
}

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

// Answer is a response whose body ends where nothing arrives for too long.
type Answer struct {
	*http.Response
	watch  *time.Timer
	stall  time.Duration
	cancel context.CancelCauseFunc
	ctx    context.Context
}

func (a *Answer) Read(b []byte) (int, error) {
	n, err := a.Body.Read(b)
	a.watch.Reset(a.stall)
	if err != nil && !errors.Is(err, io.EOF) && context.Cause(a.ctx) != nil {
		err = context.Cause(a.ctx)
	}
	return n, err
}

func (a *Answer) Close() {
	a.watch.Stop()
	_ = a.Body.Close()
	a.cancel(nil)
}

// Ask sends one request, for what is from byte on.
func (c *Client) Ask(ctx context.Context, method, to string, from int64) (*Answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.Stall, func() { cancel(errStalled) })
	fail := func(err error) (*Answer, error) {
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
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if from > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
	}
	resp, err := c.HTTP.Do(req) //nolint:bodyclose // Answer.Close does
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a signature
		}
		return fail(err)
	}
	return &Answer{resp, watch, c.Stall, cancel, ctx}, nil
}

// Status is an answer that isn't what was asked for.
type Status struct {
	Server string
	Code   int
	Kind   string        // X-Error-Code
	After  time.Duration // Retry-After
}

func (s *Status) Error() string {
	text := fmt.Sprintf("%s says %d %s", s.Server, s.Code, http.StatusText(s.Code))
	if s.Kind != "" {
		text += " (" + s.Kind + ")"
	}
	return text
}

// StatusOf is the error of an answer that isn't what was asked for.
func (c *Client) StatusOf(a *Answer) error {
	s := &Status{Server: c.Server, Code: a.StatusCode, Kind: a.Header.Get("X-Error-Code")}
	if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil {
		s.After = min(time.Duration(n)*time.Second, longestPause)
	}
	return s
}

// passing says whether it may go better another time, and how long a server asks to wait.
func passing(err error) (bool, time.Duration) {
	var s *Status
	if errors.As(err, &s) {
		switch s.Code {
		case 408, 429, 500, 502, 503, 504:
			return true, s.After
		}
		return false, 0
	}
	var own *OwnError
	return !errors.As(err, &own) && !errors.Is(err, ErrOther), 0
}

// OwnError is one of this machine, or of the content: trying again doesn't help.
type OwnError struct{ Err error }

func (e *OwnError) Error() string { return e.Err.Error() }
func (e *OwnError) Unwrap() error { return e.Err }

// Again calls f until it works, with pauses that double. f says whether it got any further.
func (c *Client) Again(ctx context.Context, say func(string), f func() (further bool, err error)) error {
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
		wait = max(wait, c.Pause(attempt))
		say(fmt.Sprintf("%v: tries again in %v", err, wait.Round(time.Millisecond)))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
