package giveup

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStop = errors.New("stop")

func TestGivesWhatFGives(t *testing.T) {
	if v, err := Do(t.Context(), func() (int, error) { return 7, nil }, nil); v != 7 || err != nil {
		t.Error(v, err)
	}
	if v, err := Do(t.Context(), func() (int, error) { return 7, errStop }, nil); !errors.Is(err, errStop) {
		t.Error(v, err)
	}
}

func TestLeavesFAlone(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	begun, goOn, dropped := make(chan struct{}), make(chan struct{}), make(chan int, 1)
	go func() {
		<-begun
		cancel(errStop)
	}()
	v, err := Do(ctx, func() (int, error) {
		close(begun)
		<-goOn
		return 7, nil
	}, func(v int) { dropped <- v })
	if v != 0 || !errors.Is(err, errStop) {
		t.Error(v, err)
	}
	close(goOn)
	if v := <-dropped; v != 7 {
		t.Error("dropped", v)
	}
}

func TestNothingBeginsAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	if _, err := Do(ctx, func() (int, error) { t.Error("it began"); return 0, nil }, func(int) {}); !errors.Is(err, errStop) {
		t.Error(err)
	}
}

func TestPanicsInTheCaller(t *testing.T) {
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "oh no") || !strings.Contains(p, "giveup_test.go") {
			t.Errorf("%q", p)
		}
	}()
	_, _ = Do(t.Context(), func() (int, error) { panic("oh no") }, nil)
	t.Error("it went on")
}
