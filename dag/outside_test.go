package dag_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fashionpipe/dag"
)

// touchy is a stage that reads a folder outside and lets a test write there at chosen moments.
type touchy struct {
	outside
	looks      int
	afterLook  func()              // once the content was digested for the first time
	whileReads func(moment string) // "before" and "after" Run reads
}

func (s *touchy) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	x, err := s.outside.Externals(ctx, files)
	if s.looks++; s.looks == 1 && s.afterLook != nil {
		s.afterLook()
	}
	return x, err
}

func (s *touchy) Run(ctx context.Context, t *dag.Task) error {
	if s.whileReads == nil {
		s.whileReads = func(string) {}
	}
	if err := os.WriteFile(filepath.Join(t.Scratch, "checkpoint"), []byte("x"), 0o644); err != nil {
		return err
	}
	s.whileReads("before")
	b, err := os.ReadFile(filepath.Join(s.Root, "a"))
	if err != nil {
		return err
	}
	s.whileReads("after")
	return writeText(t, string(b))
}

// touchyLab is a store and a folder with one file.
type touchyLab struct {
	*lab
	root string
}

// newTouchyLab makes them; an old file is one whose digest is remembered.
func newTouchyLab(t *testing.T, old bool) *touchyLab {
	t.Helper()
	l := &touchyLab{newLab(t, t.TempDir()), t.TempDir()}
	l.put("1")
	if old {
		time.Sleep(2100 * time.Millisecond)
	}
	return l
}

func (l *touchyLab) put(content string) {
	l.t.Helper()
	time.Sleep(25 * time.Millisecond) // a step of the file system's clock
	write(l.t, filepath.Join(l.root, "a"), content)
}

// wants runs the stage and compares its state and, where there is one, its text.
func (l *touchyLab) wants(s *touchy, stateAndText string) *dag.Summary {
	l.t.Helper()
	s.Root = l.root
	sum, got := l.run(graph(l.t, node(kind("touchy", nil, nil), "o", s)), dag.RunOptions{})
	if r, _ := sum.Stage("o"); r.Artifact.Dir != "" {
		got += ": " + output(l.t, sum, "o")
	}
	want(l.t, got, stateAndText)
	return sum
}

// TestOutsideChangesWhileWaiting changes the content between the first look and the work.
func TestOutsideChangesWhileWaiting(t *testing.T) {
	for name, old := range map[string]bool{"new file": false, "old file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newTouchyLab(t, old)
			l.wants(&touchy{afterLook: func() { l.put("2") }}, "o ran: 2")
			l.wants(&touchy{}, "o cached: 2")
			l.put("1")
			l.wants(&touchy{}, "o ran: 1") // not served what was made of 2
			l.put("3")
			l.wants(&touchy{afterLook: func() { l.put("1") }}, "o cached: 1") // changed back to what is known
		})
	}
}

// TestOutsideChangesWhileRead changes the content around the moment that Run reads it.
func TestOutsideChangesWhileRead(t *testing.T) {
	for _, tt := range []struct {
		name, before, after string
		old                 bool
		message             string
	}{
		{"new, before it is read", "2", "", false, "root, "},
		{"old, before it is read", "2", "", true, "root, "},
		{"new, after it is read", "", "2", false, "root, "},
		{"new, and back", "2", "1", false, ""},
		{"old, and back", "2", "1", true, ""},
		{"new, the same bytes", "1", "", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newTouchyLab(t, tt.old)
			sum := l.wants(&touchy{whileReads: func(moment string) {
				if content := map[string]string{"before": tt.before, "after": tt.after}[moment]; content != "" {
					l.put(content)
				}
			}}, "o failed")
			message := "stage o: " + tt.message + filepath.Join(l.root, "a") + " changed while the stage was reading it: run again"
			if err := sum.Err(); err == nil || err.Error() != message {
				t.Errorf("got  %v\nwant %s", err, message)
			}
			r, _ := sum.Stage("o")
			if _, err := os.Stat(filepath.Join(l.Store.Dir(), "scratch", string(r.Key))); !os.IsNotExist(err) {
				t.Errorf("what it kept for resuming is still there: %v", err)
			}
			l.put("1")
			l.wants(&touchy{}, "o ran: 1")
			l.put("2")
			l.wants(&touchy{}, "o ran: 2")
		})
	}
}

// TestOutsideGoesWhileRead removes what the stage reads.
func TestOutsideGoesWhileRead(t *testing.T) {
	l := newTouchyLab(t, false)
	sum := l.wants(&touchy{whileReads: func(moment string) {
		if moment == "after" {
			remove(t, l.root)
		}
	}}, "o failed")
	if err := sum.Err(); err == nil || !strings.Contains(err.Error(), "looking again at what the stage read: ") {
		t.Error(err)
	}
}

// TestCachedLooksOnce wants a stage whose result is there to digest what it reads only once.
func TestCachedLooksOnce(t *testing.T) {
	l := newTouchyLab(t, false)
	l.wants(&touchy{}, "o ran: 1")
	s := &touchy{}
	l.wants(s, "o cached: 1")
	if s.looks != 1 {
		t.Errorf("looked %d times", s.looks)
	}
}
