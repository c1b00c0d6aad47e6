package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pipeIn runs pipe in a folder and wants an exit code.
func pipeIn(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	cmd := exec.Command("pipe", args...)
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput() // its exit code is looked at
	if cmd.ProcessState.ExitCode() != code {
		t.Fatalf("pipe %v: exit code %d, not %d\n%s", args, cmd.ProcessState.ExitCode(), code, out)
	}
	return string(out)
}

// TestPeopleJudge runs an experiment, has two people judge it by what the page sends, and wants their answers in the
// summary and in the report, and nothing else done again.
func TestPeopleJudge(t *testing.T) {
	dir := t.TempDir()
	experiment, err := filepath.Abs("testdata/experiments/judged.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if out := pipeIn(t, dir, exitFine, "run", experiment); !strings.Contains(out, "no answers yet") {
		t.Error(out)
	}
	judge := exec.Command("pipe", "judge", "out/judged", "--queries", "6", "--k", "4", "--log", "json")
	judge.Dir, judge.Stderr = dir, os.Stderr
	lines, err := judge.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := judge.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = judge.Process.Kill() })
	var at struct {
		URL, Answers string
		Queries      int
	}
	first, _ := bufio.NewReader(lines).ReadBytes('\n') // what there is of it is looked at
	if err := json.Unmarshal(first, &at); err != nil || at.Queries != 6 || at.Answers != filepath.Join("judgements", "judged") {
		t.Fatalf("%s: %v", first, err)
	}
	for _, name := range []string{"Anna", "Bert"} {
		st := post(t, at.URL+"next", map[string]any{"judge": name})
		for st.Pair.Query != "" {
			if len(st.Pair.Left) != 4 {
				t.Fatalf("%+v", st)
			}
			st = post(t, at.URL+"answer", map[string]any{"judge": name, "query": st.Pair.Query, "choice": "left", "ms": 2000})
		}
	}
	if err := judge.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := judge.Wait(); err != nil {
		t.Errorf("an interrupt is how it ends: %v", err)
	}

	var sum struct {
		Won, Lost, Same, Queries, Shared int
		Interval, Measure                string
	}
	out := pipeIn(t, dir, exitFine, "judge", "last", "--k", "4", "--summary", "--log", "json")
	if err := json.Unmarshal([]byte(out), &sum); err != nil || sum.Won+sum.Lost != 12 || sum.Queries != 6 || sum.Shared != 6 || sum.Measure != "cohen_kappa" {
		t.Errorf("%s: %v", out, err)
	}
	text := pipeIn(t, dir, exitFine, "judge", "--k", "4", "--summary")
	for _, want := range []string{"12 answers of 2 judges for 6 photos", fmt.Sprintf("ours wins       %.3f [", float64(sum.Won)/12), "bootstrap over photos", "Cohen's kappa", "Anna", "2.0"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if other := pipeIn(t, dir, exitFine, "judge", "--summary"); !strings.Contains(other, "12 lines in judgements/judged about other results or another --k, not counted\nno answers yet") {
		t.Error(other)
	}
	again := pipeIn(t, dir, exitFine, "run", experiment)
	if !strings.Contains(again, "9 stages, 7 cached, 2 ran") || !strings.Contains(again, "of 12 decided answers") {
		t.Error(again)
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "judged", "report.html"))
	if err != nil || !strings.Contains(string(page), `<section id="people">`) || !strings.Contains(string(page), "Cohen&#39;s κ") {
		t.Errorf("the report doesn't show it: %v", err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"judge", "--k", "6", "--port", "0"}, "there are only 5 neighbours of each photo"},
		{[]string{"judge", "--queries", "0"}, "--queries must be at least 1"},
		{[]string{"judge", "--stage", "near"}, "stage near of run "},
		{[]string{"judge", "nosuch"}, "there is no record of a run nosuch"},
		{[]string{"judge", "judgements"}, "there is no record of a run of experiment judgements"},
	} {
		if out := pipeIn(t, dir, exitWrong, c.args...); !strings.Contains(out, c.want) {
			t.Errorf("%v: %s", c.args, out)
		}
	}
}

type judgeState struct {
	Done int
	Pair struct {
		Query string
		Left  []int
	}
}

func post(t *testing.T, url string, body map[string]any) (st judgeState) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(url, "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&st); err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r.Status, err)
	}
	return st
}
