// Package download takes files from servers: resumed, tried again, ended where nothing arrives for too long, and compared
// with their checksums.
package download

import (
	"context"
	"crypto/sha1" //nolint:gosec // git names files by it
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

// ErrOther is that what was downloaded isn't what the hub said.
var ErrOther = errors.New("what was downloaded is other content than its checksum says")

// Progress is told how a download goes.
type Progress struct {
	Start func(bytes int64) // of a file; again, where it starts over
	Add   func(bytes int64)
	Say   func(text string)
}

// Content is what a file must hold.
type Content struct {
	Sum  string // SHA-256, or git's SHA-1, in hexadecimal
	Size int64
}

// transfer is the download of one file.
type transfer struct {
	c       *Client
	f       *os.File
	m       Content
	p       Progress
	url     string
	resumed bool // some of it is from an earlier try of another process
}

// File makes a file from what is at an address. What an earlier try left beside it, as PATH.incomplete, is gone on with,
// and once from nothing if that had the wrong content. The error is ErrOther where the content is wrong at last.
func (c *Client) File(ctx context.Context, path, url string, m Content, p Progress) error {
	part := path + ".incomplete"
	for {
		f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return &OwnError{err}
		}
		t := &transfer{c: c, f: f, m: m, p: p, url: url}
		err = t.all(ctx)
		if err == nil {
			err = fileError(f.Sync())
		}
		if err = errors.Join(err, f.Close()); err == nil {
			return fileError(os.Rename(part, path))
		}
		if !errors.Is(err, ErrOther) {
			return err
		}
		if err2 := os.Remove(part); err2 != nil {
			return &OwnError{err2}
		}
		if !t.resumed {
			return err
		}
		p.Say("what was downloaded before is of other content: starts over")
	}
}

// all downloads what is not there yet, and compares the whole.
func (t *transfer) all(ctx context.Context) error {
	had, err := t.f.Seek(0, io.SeekEnd)
	if err != nil {
		return fileError(err)
	}
	if had > t.m.Size {
		had = 0
		if err := t.restart(); err != nil {
			return err
		}
	}
	t.resumed = had > 0
	t.p.Start(t.m.Size)
	t.p.Add(had)
	err = t.c.Again(ctx, t.p.Say, func() (bool, error) { return t.some(ctx) })
	if err != nil {
		return err
	}
	return t.compare(ctx)
}

// some downloads from where the file ends, as far as it goes.
func (t *transfer) some(ctx context.Context) (further bool, err error) {
	at, err := t.f.Seek(0, io.SeekEnd)
	if err != nil || at == t.m.Size {
		return false, fileError(err)
	}
	a, err := t.c.Ask(ctx, http.MethodGet, t.url, at)
	if err != nil {
		return false, err
	}
	defer a.Close()
	switch {
	case a.StatusCode == http.StatusOK && at > 0: // it sends the whole
		t.p.Start(t.m.Size)
		if err := t.restart(); err != nil {
			return false, err
		}
		at = 0
	case a.StatusCode == http.StatusPartialContent && at > 0:
		if want := fmt.Sprintf("bytes %d-%d/%d", at, t.m.Size-1, t.m.Size); a.Header.Get("Content-Range") != want {
			return false, fmt.Errorf("%w: range %q, not %q", ErrOther, a.Header.Get("Content-Range"), want)
		}
	case a.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return false, fmt.Errorf("%w: the file is shorter now", ErrOther)
	case a.StatusCode != http.StatusOK:
		return false, t.c.StatusOf(a)
	}
	n, err := io.Copy(&counted{t.f, t.p}, io.LimitReader(a, t.m.Size-at))
	if err == nil && at+n < t.m.Size {
		err = fmt.Errorf("the connection ended after %d of %d bytes", at+n, t.m.Size)
	}
	return n > 0, err
}

func (t *transfer) restart() error {
	_, err := t.f.Seek(0, io.SeekStart)
	return fileError(errors.Join(err, t.f.Truncate(0)))
}

// counted tells of the bytes that reach the disk.
type counted struct {
	f *os.File
	p Progress
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.f.Write(b)
	c.p.Add(int64(n))
	return n, fileError(err)
}

// compare reads the file again and compares it with its checksum.
func (t *transfer) compare(ctx context.Context) error {
	if _, err := t.f.Seek(0, io.SeekStart); err != nil {
		return fileError(err)
	}
	sum := sha256.New()
	if len(t.m.Sum) == 2*sha1.Size {
		sum = sha1.New() //nolint:gosec // git names files by it
		_, _ = io.WriteString(sum, "blob "+strconv.FormatInt(t.m.Size, 10)+"\x00")
	}
	buf := make([]byte, 1<<20)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := t.f.Read(buf)
		_, _ = sum.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fileError(err)
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != t.m.Sum {
		return fmt.Errorf("%w: %s…, not %s…", ErrOther, got[:12], t.m.Sum[:12])
	}
	return nil
}

// fileError marks an error of this machine's disk.
func fileError(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return &OwnError{err}
}
