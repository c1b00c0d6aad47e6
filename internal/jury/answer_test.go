package jury

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func lines(t testing.TB, answers ...Answer) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, a := range answers {
		if err := json.NewEncoder(&b).Encode(a); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct{ left, choice, want string }{
		{Ours, Left, Ours}, {Ours, Right, Baseline}, {Baseline, Left, Baseline}, {Baseline, Right, Ours}, {Ours, Same, Same}, {Ours, Undo, ""},
	} {
		if got := answerOf("A", "q", c.left, c.choice).Verdict(); got != c.want {
			t.Errorf("%s on the left, %s: %q, want %q", c.left, c.choice, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	two := []Answer{answerOf("A", "q1", Ours, Left), answerOf("A", "q2", Baseline, Same)}
	b := lines(t, two...)
	got, whole, err := Parse(b)
	if err != nil || whole != len(b) || !reflect.DeepEqual(got, two) {
		t.Errorf("%v, %d, %v", got, whole, err)
	}
	first := bytes.IndexByte(b, '\n') + 1
	if got, whole, err = Parse(b[:len(b)-1]); err != nil || whole != first || !reflect.DeepEqual(got, two[:1]) {
		t.Errorf("cut off: %v, %d, %v", got, whole, err)
	}
	for what, c := range map[string]struct{ from, to, want string }{
		"another key":   {`"choice"`, `"chose"`, `unknown field "chose"`},
		"no name":       {`"judge":"A"`, `"judge":" "`, `judge " " is no name`},
		"choice":        {`"same"`, `"maybe"`, `choice must be left, right, same or undo, not "maybe"`},
		"left":          {`"left":"baseline"`, `"left":"theirs"`, `left must be ours or baseline`},
		"two on a line": {"}\n", "}{}\n", "line 1 is no answer: something follows"},
		"no query":      {`"query":"q2"`, `"query":""`, "a query, k and three digests"},
	} {
		bad := strings.Replace(string(b), c.from, c.to, 1)
		if _, _, err := Parse([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(lines(f, answerOf("A", "q1", Ours, Left), answerOf("Bé", "q2", Baseline, Undo)))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"judge":"A"`))
	f.Fuzz(func(t *testing.T, b []byte) {
		answers, whole, err := Parse(b)
		if err != nil {
			return
		}
		if whole > len(b) || whole > 0 && b[whole-1] != '\n' || bytes.IndexByte(b[whole:], '\n') >= 0 {
			t.Fatalf("%d of %d bytes are whole lines", whole, len(b))
		}
		again, all, err := Parse(lines(t, answers...))
		if err != nil || len(again) != len(answers) || len(answers) > 0 && !reflect.DeepEqual(again, answers) {
			t.Fatalf("what was read can't be read again: %v, %d bytes\n%v\n%v", err, all, answers, again)
		}
	})
}

func TestStanding(t *testing.T) {
	other := answerOf("A", "q1", Ours, Left)
	other.Ours = "earlier results"
	fewer := answerOf("A", "q1", Ours, Left)
	fewer.K = 3
	all := []Answer{
		other, answerOf("A", "q1", Ours, Left), answerOf("B", "q1", Ours, Right), answerOf("A", "q2", Ours, Left), answerOf("a", "q1", Ours, Same),
		fewer, answerOf("A", "q2", Ours, Undo), answerOf("A", "q3", Baseline, Undo),
	}
	got, others := Standing(all, about)
	if want := []Answer{all[2], all[4]}; !reflect.DeepEqual(got, want) || others != 2 {
		t.Errorf("%v, %d others", got, others)
	}
}

func TestReadFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[odd]")
	if all, err := ReadFolder(dir); err != nil || len(all) != 0 {
		t.Errorf("a folder that is not there: %v, %v", all, err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("a.jsonl", lines(t, answerOf("A", "q", Ours, Left)))
	put("b.jsonl", lines(t, answerOf("B", "q", Ours, Left)))
	put(".c.jsonl", []byte("hidden"))
	put("notes.txt", []byte("notes"))
	if all, err := ReadFolder(dir); err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	put("c.jsonl", []byte("nonsense\n"))
	if _, err := ReadFolder(dir); err == nil || !strings.Contains(err.Error(), "c.jsonl: line 1 is no answer") {
		t.Error(err)
	}
}

// TestFileNames wants one file per person, whatever the name.
func TestFileNames(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"Anna", "../../etc", "a/b", "äöü", "öäü", strings.Repeat("x", 60), strings.Repeat("x", 59), "日本"} {
		f := fileName(name)
		if seen[f] != "" || filepath.Base(f) != f || !IsAnswers(f) || len(f) > 50 {
			t.Errorf("%q: %s (also %s)", name, f, seen[f])
		}
		seen[f] = name
	}
	if fileName("Anna") != fileName("anna") {
		t.Error("a name is another one in capitals")
	}
}
