package hub

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

// errOther is that what was downloaded isn't what the hub said.
var errOther = errors.New("what was downloaded is other content than the hub says")

// transfer is the download of one file.
type transfer struct {
	h       *Hub
	f       *os.File
	m       meta
	p       Progress
	url     string
	resumed bool // some of it is from an earlier try of another process
}

// all downloads what is not there yet, and compares the whole.
func (t *transfer) all(ctx context.Context) error {
	had, err := t.f.Seek(0, io.SeekEnd)
	if err != nil {
		return fileError(err)
	}
	if had > t.m.size {
		had = 0
		if err := t.restart(); err != nil {
			return err
		}
	}
	t.resumed = had > 0
	t.p.Start(t.m.size)
	t.p.Add(had)
	err = t.h.again(ctx, t.p.Say, func() (bool, error) { return t.some(ctx) })
	if err != nil {
		return err
	}
	return t.compare(ctx)
}

// some downloads from where the file ends, as far as it goes.
func (t *transfer) some(ctx context.Context) (further bool, err error) {
	at, err := t.f.Seek(0, io.SeekEnd)
	if err != nil || at == t.m.size {
		return false, fileError(err)
	}
	a, err := t.h.ask(ctx, http.MethodGet, t.url, at)
	if err != nil {
		return false, err
	}
	defer a.Close()
	switch {
	case a.StatusCode == http.StatusOK && at > 0: // it sends the whole
		t.p.Start(t.m.size)
		if err := t.restart(); err != nil {
			return false, err
		}
		at = 0
	case a.StatusCode == http.StatusPartialContent && at > 0:
		if want := fmt.Sprintf("bytes %d-%d/%d", at, t.m.size-1, t.m.size); a.Header.Get("Content-Range") != want {
			return false, fmt.Errorf("%w: range %q, not %q", errOther, a.Header.Get("Content-Range"), want)
		}
	case a.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return false, fmt.Errorf("%w: the file is shorter now", errOther)
	case a.StatusCode != http.StatusOK:
		return false, statusOf(a)
	}
	n, err := io.Copy(&counted{t.f, t.p}, io.LimitReader(a, t.m.size-at))
	if err == nil && at+n < t.m.size {
		err = fmt.Errorf("the connection ended after %d of %d bytes", at+n, t.m.size)
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

// compare reads the file again and compares it with the hub's checksum.
func (t *transfer) compare(ctx context.Context) error {
	if _, err := t.f.Seek(0, io.SeekStart); err != nil {
		return fileError(err)
	}
	sum := sha256.New()
	if len(t.m.sum) == 2*sha1.Size {
		sum = sha1.New() //nolint:gosec // git names files by it
		_, _ = io.WriteString(sum, "blob "+strconv.FormatInt(t.m.size, 10)+"\x00")
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
	if got := hex.EncodeToString(sum.Sum(nil)); got != t.m.sum {
		return fmt.Errorf("%w: %s…, not %s…", errOther, got[:12], t.m.sum[:12])
	}
	return nil
}
