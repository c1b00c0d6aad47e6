package dag_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/disk/faulty"
)

// troubled is a graph that makes the store do all that a run may make it do: a result that is made again in place of a
// damaged one, others that are new, of one file and of several, what is compared with the time before, a result that later ones take over,
// and files outside.
func troubled(t *testing.T, night, outsideDir string) *dag.Graph {
	return graph(t,
		node(textKind, "c", &text{Text: "the same"}),
		node(textKind, "a", &text{Text: night, Files: 2}),
		&dag.Node{Name: "d", Kind: differKind, Stage: &differ{}, In: map[string][]string{"now": {"a"}}},
		&dag.Node{Name: "w", Kind: wordsKind, Stage: &words{}, In: map[string][]string{"in": {"a"}}},
		node(outsideKind, "o", &outside{Root: outsideDir}, "a"),
	)
}

// trouble is a store in which the first night was and one result was damaged since, and what the second night gives.
type trouble struct {
	before, outside string
	second          map[string]dag.Digest
	ops             []string // of the second night
}

func newTrouble(t *testing.T) *trouble {
	x := &trouble{before: memoryDir(t), outside: t.TempDir()}
	write(t, filepath.Join(x.outside, "file"), "one")
	l := newLab(t, x.before)
	sum, got := l.run(troubled(t, "one", x.outside), dag.RunOptions{})
	if sum.Status != dag.StatusOK {
		t.Fatal(got)
	}
	l.Store.Close()
	c, _ := sum.Stage("c")
	rewrite(t, filepath.Join(c.Artifact.Dir, "text"), func([]byte) []byte { return []byte("damaged") })
	write(t, filepath.Join(x.outside, "file"), "two")

	watch := &watch{dir: x.copy(t)}
	sum, err := x.night(t, watch)
	if err != nil || sum.Status != dag.StatusOK {
		t.Fatal(sum, err)
	}
	x.second, x.ops = digests(sum), watch.did
	return x
}

// copy gives a copy of the store of before.
func (x *trouble) copy(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(memoryDir(t), "store")
	if err := os.CopyFS(dir, os.DirFS(x.before)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// memoryDir is a new folder where syncing is quick, if there is one.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "pipe-test-")
	if err != nil {
		dir, err = os.MkdirTemp("", "pipe-test-")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// night opens the store and runs the second night's graph while watch is installed, as a process of its own would.
func (x *trouble) night(t *testing.T, w *watch) (*dag.Summary, error) {
	t.Helper()
	g := troubled(t, "two", x.outside)
	defer faulty.Install(w.judge)()
	s, err := store.Open(w.dir, store.Options{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return (&dag.Engine{Store: s, Jobs: 1, Events: w.hear}).Run(context.Background(), g, dag.RunOptions{})
}

// watch notes what a run does to the disk, and makes one of its operations fail.
type watch struct {
	dir  string
	fail string // which operation; none if ""
	err  error  // how
	then bool   // all that needs room fails from then on, as on a full disk

	mu     sync.Mutex
	did    []string
	count  map[string]int
	failed bool
	said   []string // warnings
}

// byChance are the parts of paths that are other ones in every run.
var byChance = regexp.MustCompile(`\d{8}-\d{6}\.\d{3}-[0-9a-f]{4}|\.\d+\.tmp$`)

// judge names an operation so that it has the same name in every run, whatever ran beside it.
func (w *watch) judge(o faulty.Op) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := o.Name + " " + byChance.ReplaceAllString(strings.TrimPrefix(o.Path, w.dir), "*")
	if w.count == nil {
		w.count = map[string]int{}
	}
	w.count[name]++
	name += fmt.Sprint(" #", w.count[name])
	w.did = append(w.did, name)
	if w.failed && w.then && o.Grows() {
		return 0, w.err
	}
	if name != w.fail {
		return 0, nil
	}
	w.failed = true
	return o.Size / 2, w.err
}

// grows says whether the operation of a name needs room.
func grows(op string) bool {
	name, _, _ := strings.Cut(op, " ")
	return faulty.Op{Name: name}.Grows()
}

func (w *watch) hear(e dag.Event) {
	if e.What == dag.Warned {
		w.said = append(w.said, e.Text)
	}
}

// TestEveryOperationFails makes each single operation on the disk fail in turn, once with an error of the disk and once
// because the disk is full from then on. Each time the run must either give what an undisturbed one gives, or say what went
// wrong; leave no damage; and the next run must give what an undisturbed one gives, with no word of damage.
func TestEveryOperationFails(t *testing.T) {
	x := newTrouble(t)
	ended, missed := map[dag.Status]int{}, 0
	for i, op := range x.ops {
		if testing.Short() && i%10 != 0 {
			continue
		}
		for _, full := range []bool{false, true} {
			if full && !grows(op) {
				continue // as for the next one that does
			}
			w := &watch{dir: x.copy(t), fail: op, err: syscall.EIO}
			if full {
				w.err, w.then = syscall.ENOSPC, true
			}
			sum, err := x.night(t, w)
			if !w.failed {
				missed++ // run.json is written as often as there is time for
				if !strings.Contains(op, "run.json") {
					t.Errorf("%s did not come again", op)
				}
				continue
			}
			ended[x.judge(t, w, sum, err)]++
			x.recover(t, w)
			remove(t, w.dir)
		}
	}
	t.Logf("%d operations; runs ended as %v; %d did not come again", len(x.ops), ended, missed)
}

// judge looks at how a run with a failed operation ended, and at what it left.
func (x *trouble) judge(t *testing.T, w *watch, sum *dag.Summary, err error) dag.Status {
	t.Helper()
	status := dag.Status("none")
	text := strings.Join(w.said, "\n")
	if err == nil {
		status, err = sum.Status, sum.Err()
	}
	if err != nil {
		text += err.Error()
	}
	if status == dag.StatusOK && !maps.Equal(digests(sum), x.second) {
		t.Errorf("%s: %v: it gave other results", w.fail, w.err)
	}
	if !strings.Contains(text, w.err.Error()) && !strings.HasPrefix(w.fail, "Remove") {
		t.Errorf("%s: %v: not a word of it: %q", w.fail, w.err, text)
	}
	if err != nil && w.then && !strings.Contains(err.Error(), "free some space") {
		t.Errorf("%s: %v: no remedy: %v", w.fail, w.err, err)
	}
	s, err := store.Open(w.dir, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	runs, err := dag.ReadRuns(s)
	for _, r := range runs {
		if r.Status == dag.StatusRunning {
			t.Errorf("%s: %v: run %s seems to go on", w.fail, w.err, r.ID)
		}
	}
	if err != nil {
		t.Errorf("%s: %v: %v", w.fail, w.err, err)
	}
	return status
}

// recover runs again where nothing fails.
func (x *trouble) recover(t *testing.T, w *watch) {
	t.Helper()
	again := &watch{dir: w.dir}
	sum, err := x.night(t, again)
	if err != nil || !maps.Equal(digests(sum), x.second) {
		t.Errorf("%s: %v: then %v, %v", w.fail, w.err, sum, err)
		return
	}
	for _, text := range again.said { // the damage of the first night may not be repaired, or only cleared away
		if c := "artifact " + x.second["c"].Short() + " is damaged"; !strings.Contains(text, c) {
			t.Errorf("%s: %v: then %s", w.fail, w.err, text)
		}
	}
	s, err := store.Open(w.dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Check(t.Context(), store.CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %v: then the store has %v", w.fail, w.err, f)
	}
	if left := leftovers(t, w.dir); left != "" && !strings.HasPrefix(w.fail, "Remove ") {
		t.Errorf("%s: %v: then there is left %s", w.fail, w.err, left)
	}
}
