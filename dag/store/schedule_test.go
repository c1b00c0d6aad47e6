package store

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestScheduleHasOneHolder(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Schedule("nightly-1")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := a.Read(); b != nil || err != nil {
		t.Errorf("a new one holds %q, %v", b, err)
	}
	if err := a.Write([]byte("state")); err != nil {
		t.Fatal(err)
	}
	var busy *BusyError
	if _, err := s.Schedule("nightly-1"); !errors.As(err, &busy) || !strings.HasPrefix(busy.Holder, "pid ") {
		t.Errorf("taken twice: %v", err)
	}
	if other, err := s.Schedule("nightly-2"); err != nil || other.Close() != nil {
		t.Errorf("another one is not free: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := s.Schedule("nightly-1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if b, err := again.Read(); !bytes.Equal(b, []byte("state")) || err != nil {
		t.Errorf("it holds %q, %v", b, err)
	}
	if _, err := os.Stat(s.path("schedules", "nightly-1.json.tmp")); err == nil {
		t.Error("a temporary file was left")
	}
	reader, err := Open(s.Dir(), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Schedule("x"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a reader took one: %v", err)
	}
}
