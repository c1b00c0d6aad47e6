package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// gpuRun is a run in a folder and store of its own, whose one stage says "begins GPU" and goes on until the file `end` is
// there.
type gpuRun struct {
	cmd  *exec.Cmd
	dir  string
	said chan eventLine
}

func startGPURun(t *testing.T, locks string) *gpuRun {
	t.Helper()
	const text = `stages:
  busy:
    uses: exec
    resources: {gpu: 1}
    with: {command: [sh, -c, 'echo "begins $CUDA_VISIBLE_DEVICES"; until [ -e "$END" ]; do sleep 0.02; done; touch "$PIPE_OUT/x"'], pass_uncounted: [END]}
`
	r := &gpuRun{dir: t.TempDir(), said: make(chan eventLine, 1000)}
	if err := os.WriteFile(filepath.Join(r.dir, "gpu.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r.cmd = exec.Command("pipe", "run", "gpu.yaml", "--gpus", "1", "--locks", locks, "--log", "json")
	r.cmd.Dir, r.cmd.Stderr, r.cmd.Env = r.dir, os.Stderr, append(os.Environ(), "END="+filepath.Join(r.dir, "end"))
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	go func() {
		defer close(r.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var e eventLine
			if json.Unmarshal(lines.Bytes(), &e) == nil {
				r.said <- e
			}
		}
	}()
	return r
}

// until reads what a run says up to an event whose text begins so, and gives all of the texts.
func (r *gpuRun) until(t *testing.T, event, text string) string {
	t.Helper()
	var all strings.Builder
	for late := time.After(time.Minute); ; {
		select {
		case e, ok := <-r.said:
			if !ok {
				t.Fatalf("the run ended without %s %q:\n%s", event, text, all.String())
			}
			fmt.Fprintln(&all, e.Event, e.Text)
			if e.Event == event && strings.HasPrefix(e.Text, text) {
				return all.String()
			}
		case <-late:
			t.Fatalf("a minute without %s %q:\n%s", event, text, all.String())
		}
	}
}

func (r *gpuRun) end(t *testing.T, exit int) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, "end"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for range r.said { // to the end of its output
	}
	_ = r.cmd.Wait() // its exit code is looked at
	if code := r.cmd.ProcessState.ExitCode(); code != exit {
		t.Errorf("exit code %d, not %d", code, exit)
	}
}

// TestTwoProcessesAndOneGPU wants runs of two processes to use one GPU one after the other, a waiting one to say who has it
// and to end when it is interrupted, and one that is killed to let the next begin.
func TestTwoProcessesAndOneGPU(t *testing.T) {
	locks := filepath.Join(t.TempDir(), "gpus")
	one := startGPURun(t, locks)
	one.until(t, "said", "begins 0")
	who := fmt.Sprintf("pid %d of ", one.cmd.Process.Pid)

	stopped := startGPURun(t, locks)
	stopped.until(t, "waiting", who)
	if err := stopped.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	stopped.end(t, exitInterrupted)

	two := startGPURun(t, locks)
	if all := two.until(t, "waiting", who); strings.Contains(all, "begins") {
		t.Errorf("two at once: %s", all)
	}
	one.end(t, 0)
	two.until(t, "said", "begins 0")

	three := startGPURun(t, locks)
	three.until(t, "waiting", fmt.Sprintf("pid %d of ", two.cmd.Process.Pid))
	if err := two.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	three.until(t, "said", "begins 0")
	three.end(t, 0)

	alone := startGPURun(t, "none")
	alone.until(t, "said", "begins 0")
	alone.end(t, 0)
}

// TestJobsByThemselves: on GPUs auto leaves a stage to each of them and one to the processor.
func TestJobsByThemselves(t *testing.T) {
	few := min(2, runtime.NumCPU())
	for _, tt := range []struct {
		said, gpus int
		onGPU      bool
		want       int
	}{{0, 0, false, few}, {0, 8, false, few}, {0, 1, true, 2}, {0, 8, true, 9}, {4, 8, true, 4}, {1, 0, false, 1}} {
		if got := (&settings{Jobs: tt.said, GPUs: tt.gpus}).jobs(tt.onGPU); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}
