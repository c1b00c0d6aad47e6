package dag_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/rng"
)

// The kinds of these tests. What each stage was called for is appended to the file named by its `calls` parameter, so
// that other processes' work is counted too.

const textType dag.Type = "text"

func writeText(t *dag.Task, text string) error {
	return os.WriteFile(filepath.Join(t.Out, "text"), []byte(text), 0o644)
}

func readText(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "text"))
	return string(b), err
}

// text writes a text, or an upper-case text if asked.
type text struct {
	Text  string  `param:"text" doc:"what to write"`
	Files int     `param:"files" doc:"further files to write"`
	Ratio float64 `param:"ratio" doc:"not used"`
	Calls string  `param:"calls,exec" doc:"where calls are counted"`
	Wait  string  `param:"wait,exec" doc:"file to wait for"`
	Note  string  `param:"note" doc:"note to leave"`
	Gate  string  `param:"gate" doc:"gate to fail"`
	Say   string  `param:"say,exec" doc:"what to tell of this run"`
}

func (s *text) Run(ctx context.Context, t *dag.Task) error {
	count(s.Calls, "text")
	t.Report.Start(2, "files")
	t.Report.Add(1)
	if s.Note != "" {
		t.Resultf("note", "%s", s.Note)
	}
	if s.Say != "" {
		t.Sayf("on %s", s.Say)
	}
	if s.Gate != "" {
		t.Gatef(s.Gate, "failed")
	}
	for i := range s.Files {
		sub := filepath.Join(t.Out, "more", fmt.Sprint(i%10))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(sub, fmt.Sprint(i)), []byte(fmt.Sprint(i)), 0o644); err != nil {
			return err
		}
	}
	if s.Wait != "" {
		if err := waitFor(ctx, s.Wait); err != nil {
			return err
		}
	}
	t.Report.Add(1)
	return writeText(t, s.Text)
}

// join writes its inputs one after the other; upper makes it lose the difference between "a" and "A".
type join struct {
	Upper bool   `param:"upper" doc:"write upper case"`
	Calls string `param:"calls,exec" doc:"where calls are counted"`
}

func (s *join) Run(ctx context.Context, t *dag.Task) error {
	count(s.Calls, "join")
	var b strings.Builder
	for _, a := range t.In["texts"] {
		x, err := readText(a.Dir)
		if err != nil {
			return err
		}
		b.WriteString(x)
	}
	out := b.String()
	if s.Upper {
		out = strings.ToUpper(out)
	}
	return writeText(t, out)
}

// bad fails in the way it is asked to.
type bad struct {
	How   string `param:"how" doc:"error, panic, nothing, full, link, unwhole, swallow"`
	Calls string `param:"calls,exec" doc:"where calls are counted"`
}

var errBad = errors.New("it went wrong")

func (s *bad) Run(ctx context.Context, t *dag.Task) error {
	count(s.Calls, "bad")
	switch s.How {
	case "panic":
		panic("oh no")
	case "nothing":
		return nil
	case "full":
		return os.WriteFile("/dev/full", []byte("x"), 0o644)
	case "link":
		return os.Symlink("/etc/passwd", filepath.Join(t.Out, "text"))
	case "unwhole":
		return writeText(t, "")
	case "swallow": // is told to stop, and says nothing
		if err := writeText(t, "half"); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	}
	return errBad
}

// random writes numbers from its seed; chance ones if told to.
type random struct {
	Chance bool `param:"chance,exec" doc:"break the rules"`
	Fixed  bool `param:"fixed" doc:"use no seed"`
}

func (s *random) UsesSeed() bool                  { return !s.Fixed }
func (s *random) UsesBackend() bool               { return s.Fixed }
func (s *random) UsesDevices(backend string) bool { return s.Fixed && backend != "one" }

func (s *random) Run(ctx context.Context, t *dag.Task) error {
	out := fmt.Sprint(t.Seed, t.Backend, rng.New(t.Seed, "random").Uint64())
	if s.Chance {
		out = fmt.Sprint(time.Now().UnixNano())
	}
	return writeText(t, out)
}

// outside lists the digests of files outside the store.
type outside struct {
	Root  string `param:"root,exec" doc:"folder"`
	Calls string `param:"calls,exec" doc:"where calls are counted"`
}

func (s *outside) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	list, err := files.Tree(ctx, s.Root, nil)
	if err != nil {
		return nil, err
	}
	all := ""
	for _, f := range list {
		all += fmt.Sprintln(f.Path, f.SHA256.Digest())
	}
	return map[string]dag.Digest{"root": dag.Digest(all)}, nil
}

func (s *outside) Source(in dag.Inputs) (string, error) {
	for _, a := range in["texts"] {
		if a.Dir == "" {
			return "", errors.New("asked for the source before the inputs are there")
		}
	}
	return s.Root, nil
}

func (s *outside) Run(ctx context.Context, t *dag.Task) error {
	count(s.Calls, "outside")
	x, err := s.Externals(ctx, t.Files)
	if err != nil {
		return err
	}
	return writeText(t, string(x["root"]))
}

// located writes nothing of where its input's files are, but needs them there.
type located struct {
	Always int `param:"always" doc:"changes the key"`
}

func (s *located) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("texts")
	if _, err := os.Stat(filepath.Join(in.Source, "a")); err != nil {
		return err
	}
	return writeText(t, "found")
}

// resume counts its tries in the scratch folder and waits on the first.
type resume struct {
	Ready string `param:"ready,exec" doc:"file to write when waiting"`
}

func (s *resume) Resumes(scratch string) bool {
	_, err := os.Stat(filepath.Join(scratch, "checkpoint"))
	return err == nil
}

func (s *resume) Run(ctx context.Context, t *dag.Task) error {
	p := filepath.Join(t.Scratch, "checkpoint")
	if b, err := os.ReadFile(p); err == nil {
		return writeText(t, "resumed from "+string(b))
	}
	if err := os.WriteFile(p, []byte("step 1"), 0o644); err != nil {
		return err
	}
	if s.Ready == "" {
		return writeText(t, "from the start")
	}
	if err := os.WriteFile(filepath.Join(t.Out, "half"), nil, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(s.Ready, nil, 0o644); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

func kind(name string, in []dag.Port, newStage func() dag.Stage) *dag.Kind {
	return &dag.Kind{Name: name, Version: 1, Summary: name, In: in, Out: textType, New: newStage, Check: checkText}
}

func checkText(dir string) error {
	s, err := readText(dir)
	if err == nil && s == "" {
		return errors.New("the text is empty")
	}
	return err
}

var many = []dag.Port{{Name: "texts", Type: textType, Many: true, Optional: true}}

var (
	textKind    = kind("text", nil, func() dag.Stage { return &text{} })
	joinKind    = kind("join", many, func() dag.Stage { return &join{} })
	badKind     = kind("bad", many, func() dag.Stage { return &bad{} })
	randomKind  = kind("random", nil, func() dag.Stage { return &random{} })
	outsideKind = kind("outside", many, func() dag.Stage { return &outside{} })
	locatedKind = kind("located", many, func() dag.Stage { return &located{} })
	resumeKind  = kind("resume", nil, func() dag.Stage { return &resume{} })
)

func node(k *dag.Kind, name string, s dag.Stage, in ...string) *dag.Node {
	n := &dag.Node{Name: name, Kind: k, Stage: s, Seed: 1}
	if len(in) > 0 {
		n.In = map[string][]string{"texts": in}
	}
	return n
}

func graph(t testing.TB, nodes ...*dag.Node) *dag.Graph {
	t.Helper()
	g, err := dag.NewGraph("test", nodes)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func count(file, what string) {
	if file == "" {
		return
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(what + "\n"); err != nil {
		panic(err)
	}
}

func calls(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

func waitFor(ctx context.Context, file string) error {
	for {
		if _, err := os.Stat(file); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// lab is a store and an engine on it that keeps its events.
type lab struct {
	*dag.Engine
	t      *testing.T
	mu     sync.Mutex
	events []dag.Event
}

func newLab(t *testing.T, dir string) *lab {
	t.Helper()
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t}
	l.Engine = &dag.Engine{Store: s, Jobs: 4, Version: "test", Events: func(e dag.Event) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.events = append(l.events, e)
	}}
	return l
}

// run runs a graph and gives the states of its stages as text: "a ran, b cached".
func (l *lab) run(g *dag.Graph, o dag.RunOptions) (*dag.Summary, string) {
	l.t.Helper()
	sum, err := l.Run(context.Background(), g, o)
	if err != nil {
		l.t.Fatal(err)
	}
	return sum, states(sum)
}

func states(sum *dag.Summary) string {
	var out []string
	for _, s := range sum.Stages {
		out = append(out, s.Node.Name+" "+string(s.State))
	}
	return strings.Join(out, ", ")
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func output(t *testing.T, sum *dag.Summary, stage string) string {
	t.Helper()
	r, ok := sum.Stage(stage)
	if !ok {
		t.Fatalf("no stage %s", stage)
	}
	s, err := readText(r.Artifact.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// texts gives what the events of a kind say, by stage.
func (l *lab) said(what dag.What) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, e := range l.events {
		if e.What == what {
			out = append(out, strings.TrimSpace(e.Stage+": "+e.Reason+e.Text))
		}
	}
	return strings.Join(out, "\n")
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
