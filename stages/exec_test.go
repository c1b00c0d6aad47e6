package stages

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/pace"
)

// execLab is a store on which stages of kind exec run; the working folder is an empty one.
func execLab(t *testing.T) *dag.Engine {
	t.Helper()
	t.Chdir(t.TempDir())
	s, err := store.Open(".pipe", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &dag.Engine{Store: s, Workers: 3}
}

func execNode(name string, s *execStage, in map[string][]string) *dag.Node {
	if s.Out == "" {
		s.Out = "files"
	}
	return &dag.Node{Name: name, Kind: execKind(), Stage: s, In: in, Seed: 7}
}

func execRun(t *testing.T, e *dag.Engine, nodes ...*dag.Node) dag.StageResult {
	t.Helper()
	g, err := dag.NewGraph("test", nodes)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := e.Run(t.Context(), g, dag.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	last, _ := sum.Stage(nodes[len(nodes)-1].Name)
	return last
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func madeText(t *testing.T, r dag.StageResult) string {
	t.Helper()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	b, err := os.ReadFile(filepath.Join(r.Artifact.Dir, "text"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func sh(script string, args ...string) []string {
	return append([]string{"sh", "-c", script, "sh"}, args...)
}

func TestExecGetsItsInputs(t *testing.T) {
	e := execLab(t)
	writeFile(t, "lib/words", "from a file")
	writeFile(t, "lib/.hidden", "")
	t.Setenv("LET_THROUGH", "let through")
	t.Setenv("KEPT_OUT", "kept out")
	made := func(text string) *execStage { return &execStage{Command: sh(`echo "$1" >"$2/text"`, text, "{out}")} }
	got := madeText(t, execRun(t, e,
		execNode("a", made("first"), nil), execNode("b", made("second"), nil),
		execNode("c", &execStage{
			Command: sh(`cat "$1/text" "$2/text" "$(echo "$PIPE_IN_FILES" | head -1)/text" lib/words >"$PIPE_OUT/text"
				echo " $3 $PIPE_SEED $PIPE_WORKERS $MINE $LET_THROUGH $KEPT_OUT $(ls -A . lib)" >>"$PIPE_OUT/text"`, "{in.files}", "{seed}"),
			Files: []string{"lib"}, Env: []string{"MINE=seed {seed}"}, Pass: []string{"LET_THROUGH"},
		}, map[string][]string{"files": {"a", "b"}})))
	const want = "first second first from a file 7 7 3 seed 7 let through .: lib tmp lib: words"
	if got = strings.Join(strings.Fields(got), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if left, _ := filepath.Glob(".pipe/scratch/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestExecKey changes what a command depends on, and what it doesn't.
func TestExecKey(t *testing.T) {
	e := execLab(t)
	writeFile(t, "script.sh", "echo one")
	writeFile(t, "elsewhere/script.sh", "echo one")
	base := func() *dag.Node {
		return execNode("x", &execStage{Command: sh(`sh script.sh >"$1/text"`, "{out}"), Files: []string{"script.sh"}}, nil)
	}
	seeded := func() *dag.Node {
		n := base()
		s := n.Stage.(*execStage)
		s.Command = append(s.Command, "{seed}")
		return n
	}
	tests := []struct {
		name   string
		change func(n *dag.Node, s *execStage)
		want   dag.State
	}{
		{"nothing", func(*dag.Node, *execStage) {}, dag.StateCached},
		{"another seed that it doesn't use", func(n *dag.Node, _ *execStage) { n.Seed = 8 }, dag.StateCached},
		{"timeout", func(_ *dag.Node, s *execStage) { s.Timeout = "1h" }, dag.StateCached},
		{"a variable that isn't set", func(_ *dag.Node, s *execStage) { s.Pass = []string{"NOT_SET"} }, dag.StateCached},
		{"a variable that doesn't count", func(_ *dag.Node, s *execStage) { s.Quiet = []string{"COUNTED"} }, dag.StateCached},
		{"a variable", func(_ *dag.Node, s *execStage) { s.Pass = []string{"COUNTED"} }, dag.StateRan},
		{"the environment", func(_ *dag.Node, s *execStage) { s.Env = []string{"A=b"} }, dag.StateRan},
		{"the command", func(_ *dag.Node, s *execStage) { s.Command = append(s.Command, "x") }, dag.StateRan},
		{"the script", func(*dag.Node, *execStage) { writeFile(t, "script.sh", "echo two") }, dag.StateRan},
	}
	t.Setenv("COUNTED", "one")
	if r := execRun(t, e, base()); r.State != dag.StateRan {
		t.Fatal(r.State, r.Err)
	}
	for _, tt := range tests {
		n := base()
		tt.change(n, n.Stage.(*execStage))
		if r := execRun(t, e, n); r.State != tt.want {
			t.Errorf("%s: %s, not %s (%v)", tt.name, r.State, tt.want, r.Err)
		}
	}
	execRun(t, e, seeded())
	n := seeded()
	n.Seed = 8
	if r := execRun(t, e, n); r.State != dag.StateRan || r.Reason != "seed 7 → 8" {
		t.Errorf("another seed: %s (%s)", r.State, r.Reason)
	}
}

// TestExecVariables changes the value of a variable, and wants the command to see it, and the reason to name it but not its
// value.
func TestExecVariables(t *testing.T) {
	e := execLab(t)
	stage := func() *dag.Node {
		return execNode("x", &execStage{Command: sh(`echo "$COUNTED $OTHER" >"$1/text"`, "{out}"), Pass: []string{"COUNTED"}, Quiet: []string{"OTHER"}}, nil)
	}
	tests := []struct{ counted, other, want, reason string }{
		{"one", "a", "one a", "first time"},
		{"one", "b", "one a", ""},
		{"two", "b", "two b", "the variable COUNTED changed"},
		{"", "b", "b", "the variable COUNTED changed"},
		{"one", "c", "one a", ""},
	}
	for _, tt := range tests {
		t.Setenv("COUNTED", tt.counted)
		t.Setenv("OTHER", tt.other)
		r := execRun(t, e, stage())
		if got := madeText(t, r); got != tt.want || r.Reason != tt.reason {
			t.Errorf("%+v: it made %q, %q", tt, got, r.Reason)
		}
	}
	if err := os.Unsetenv("COUNTED"); err != nil {
		t.Fatal(err)
	}
	if r := execRun(t, e, stage()); madeText(t, r) != "c" || r.Reason != "the variable COUNTED is gone" {
		t.Errorf("unset: %q, %q", madeText(t, r), r.Reason)
	}
}

// TestExecMissingFile wants a script that is not there to be told before the stages before it run, and by plan.
func TestExecMissingFile(t *testing.T) {
	e := execLab(t)
	g, err := dag.NewGraph("test", []*dag.Node{
		execNode("first", &execStage{Command: sh("echo >ran")}, nil),
		execNode("x", &execStage{Command: sh("true"), Files: []string{"not-there.py"}}, map[string][]string{"files": {"first"}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = "files: there is no not-there.py in /"
	_, err = e.Run(t.Context(), g, dag.RunOptions{})
	if err == nil || !strings.HasPrefix(err.Error(), "stage x can't run: "+want) || !strings.HasSuffix(err.Error(), "paths start at the folder where pipe runs") {
		t.Error(err)
	}
	if runs, _ := filepath.Glob(".pipe/runs/*"); len(runs) > 0 {
		t.Errorf("a run began: %v", runs)
	}
	plan, err := e.Plan(t.Context(), g, dag.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s := plan.Stages[1]; s.Outlook != dag.CannotRun || !strings.HasPrefix(s.Err.Error(), want) {
		t.Errorf("plan: %s, %v", s.Outlook, s.Err)
	}
	if _, err := e.Run(t.Context(), g, dag.RunOptions{Only: []string{"first"}}); err != nil && strings.Contains(err.Error(), "can't run") {
		t.Errorf("without the stage: %v", err)
	}
}

func TestExecFails(t *testing.T) {
	tests := []struct {
		name string
		s    *execStage
		want string
	}{
		{"exit code", &execStage{Command: sh("echo bad luck; exit 4")}, "sh ended with exit code 4. The end of what it printed:\n  bad luck"},
		{"writes nothing", &execStage{Command: sh("true")}, "what it wrote is not whole: the command wrote nothing into {out}"},
		{"another type", &execStage{Command: sh(`echo >"$PIPE_OUT/clusters.parquet"`), Out: "clusters"},
			"what it wrote is not whole: clusters.parquet: not a whole Parquet file: 1 bytes: docs/formats.md says what `out: clusters` must be like"},
		{"a file that isn't listed", &execStage{Command: []string{"sh", "there.sh"}}, "there.sh is there, but not among `files`, so the command could not see it"},
		{"not the file of its type", &execStage{Command: sh(`echo >"$PIPE_OUT/x"`), Out: "clusters"}, "the command did not write clusters.parquet, which `out: clusters` needs (docs/formats.md)"},
		{"no program of its own", &execStage{Command: []string{"./nothing"}}, `./nothing can't be run: no such file or directory`},
		{"timeout", &execStage{Command: sh("sleep 100"), Timeout: "50ms"}, "still running after the timeout of 50ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := execLab(t)
			writeFile(t, "there.sh", "echo")
			r := execRun(t, e, execNode("x", tt.s, nil))
			if r.State != dag.StateFailed || !strings.Contains(r.Err.Error(), tt.want) {
				t.Errorf("%s: %v", r.State, r.Err)
			}
			if left, _ := filepath.Glob(".pipe/scratch/*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestExecResumes interrupts a command, and wants it to find what it kept.
func TestExecResumes(t *testing.T) {
	e := execLab(t)
	n := func() *dag.Node {
		return execNode("x", &execStage{Command: sh(`if [ -e "$1/step" ]; then cat "$1/step" >"$2/text"; exit; fi
			echo 1 >"$1/step"; echo ready; sleep 100`, "{scratch}", "{out}")}, nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var watch *pace.Watch
	e.Events = func(ev dag.Event) {
		if ev.What == dag.Said && ev.Text == "ready" {
			watch = pace.Start()
			cancel()
		}
	}
	g, err := dag.NewGraph("test", []*dag.Node{n()})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := e.Run(ctx, g, dag.RunOptions{})
	if err != nil || sum.Status != dag.StatusInterrupted {
		t.Fatalf("%v, %v", sum.Status, err)
	}
	if took, err := watch.Check(2 * time.Second); err != nil {
		t.Errorf("interrupted: %s, %v", took, err)
	}
	if got := madeText(t, execRun(t, e, n())); got != "1" {
		t.Errorf("it made %q", got)
	}
}

func TestExecRefuses(t *testing.T) {
	ok := []string{"true"}
	tests := []struct {
		s    execStage
		want string
	}{
		{execStage{}, "command: must name a program"},
		{execStage{Command: []string{""}}, "command: must begin with the name of a program"},
		{execStage{Command: []string{"python3 x.py"}}, "command: must list the program and each argument by itself: [python3, x.py]; for a shell's line [bash, -c, \"…\"]"},
		{execStage{Command: []string{"x", "{outt}"}}, "command: holds {outt}, which stands for nothing; did you mean {out}?"},
		{execStage{Command: ok, Env: []string{"A={sed}"}}, "env: holds {sed}, which stands for nothing; did you mean {seed}?"},
		{execStage{Command: ok, Timeout: "soon"}, `timeout: must be a time above 0, such as 90s, 30m or 2h, not "soon"`},
		{execStage{Command: ok, Timeout: "-1s"}, "timeout: must be a time above 0"},
		{execStage{Command: ok, Env: []string{"A"}}, `env: must hold texts such as NAME=value, not "A without a ="`},
		{execStage{Command: ok, Env: []string{"PIPE_X=1"}}, "env: can't set PIPE_X: names that begin with PIPE_ are this program's"},
		{execStage{Command: ok, Env: []string{"A=1"}, Pass: []string{"A"}}, "pass: names A, which is given already"},
		{execStage{Command: ok, Pass: []string{"A"}, Quiet: []string{"A"}}, "pass_uncounted: names A, which is given already"},
		{execStage{Command: ok, Pass: []string{"A=1"}}, `pass: must hold names of environment variables, not "A=1"`},
		{execStage{Command: ok, Files: []string{"."}}, `files: must name single files or folders, not "."`},
		{execStage{Command: ok, Files: []string{"/a/x.py", "x.py"}}, "files: holds /a/x.py and x.py, which would both be x.py where the command works"},
	}
	for _, tt := range tests {
		if err := tt.s.Validate(); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
	ports := []struct {
		s         execStage
		connected map[string]int
		want      string
	}{
		{execStage{Command: []string{"x", "{in.images}"}}, nil, "command: holds {in.images}, and no stage is connected to a port images"},
		{execStage{Command: []string{"x"}, Env: []string{"A={digest.images}"}}, nil, "command: holds {digest.images}"},
		{execStage{Command: []string{"x", "{source.images}"}}, map[string]int{"images": 1}, "command: holds {source.images}: only a catalogue of photos has a source"},
		{execStage{Command: []string{"x"}, Out: "photos"}, nil, "out: photos needs a stage at the port photos or files"},
	}
	for _, tt := range ports {
		var bad *dag.ParamError
		if err := tt.s.ValidatePorts(tt.connected); !errors.As(err, &bad) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
	}
}

func TestExecGetsItsGPUs(t *testing.T) {
	t.Setenv("CUDA_VISIBLE_DEVICES", "4,7,GPU-ab")
	e := execLab(t)
	e.GPUs = 3
	two := execNode("x", &execStage{Command: sh(`echo "$CUDA_VISIBLE_DEVICES" >"$1/text"`, "{out}")}, nil)
	two.GPU = 2
	if got := madeText(t, execRun(t, e, two)); got != "4,7" {
		t.Errorf("it sees %q", got)
	}
	if got := visible([]int{0, 2}, []string{"4", "7", "GPU-ab"}); got != "4,GPU-ab" {
		t.Error(got)
	}
	if got := visible([]int{1}, nil); got != "1" {
		t.Error(got)
	}
}

// TestExecHandsOnWherePhotosAre makes a catalogue of another by a command; what reads it must find the photos.
func TestExecHandsOnWherePhotosAre(t *testing.T) {
	s := execStage{Out: "photos"}
	from := dag.Inputs{"photos": {{Source: "/photos"}}}
	if got, err := s.Source(from); got != "/photos" || err != nil {
		t.Error(got, err)
	}
	if got, _ := s.Source(dag.Inputs{"files": {{Dir: "/made"}}}); got != "/made" {
		t.Error(got)
	}
	s.Out = "files"
	if got, _ := s.Source(from); got != "" {
		t.Error(got)
	}
}

// TestExecPhotosChange: a command reads photos where they lie. One that is another by then must not count under the key of the
// catalogue, also where the bytes come back later.
func TestExecPhotosChange(t *testing.T) {
	for when, script := range map[string]string{
		"before": `exit 9`, // it must not begin
		"during": `cat "$PIPE_SOURCE_PHOTOS"/*.jpg >"$PIPE_OUT/text"; printf new >"$PIPE_SOURCE_PHOTOS/b.jpg"`,
	} {
		e := execLab(t)
		writeFile(t, "folder/a.jpg", "one")
		writeFile(t, "folder/b.jpg", "two")
		photos := &dag.Node{Name: "photos", Kind: photosKind(), Stage: &photos{Root: "folder", Layout: "folder"}}
		if r := execRun(t, e, photos); r.Err != nil {
			t.Fatal(r.Err)
		}
		wait := execNode("wait", &execStage{Command: sh(`printf new >"$1"; echo >"$PIPE_OUT/text"`, filepath.Join(mustGetwd(t), "folder/b.jpg"))}, nil)
		nodes := []*dag.Node{photos, execNode("read", &execStage{Command: sh(script)}, map[string][]string{"photos": {"photos"}})}
		if when == "before" {
			nodes[1].In["files"] = []string{"wait"}
			nodes = []*dag.Node{photos, wait, nodes[1]}
		}
		r := execRun(t, e, nodes...)
		if r.Err == nil || !strings.Contains(r.Err.Error(), "b.jpg changed since it was catalogued: run again") {
			t.Errorf("%s: %v", when, r.Err)
		}
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
