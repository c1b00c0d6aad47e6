package formats

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func sampleJudgements() *Judgements {
	rate, low, high, kappa := 0.6, 0.4, 0.8, 0.25
	return &Judgements{
		Images: "i", Ours: "o", Baseline: "b", K: 5, Tally: Tally{Won: 6, Lost: 4, Same: 2}, Queries: 7, Others: 3,
		Judges:  []Judge{{Name: "Anna", Tally: Tally{Won: 4, Lost: 2, Same: 1}, Seconds: 2.5}, {Name: "Bé", Tally: Tally{Won: 2, Lost: 2, Same: 1}}},
		WinRate: &rate, Low: &low, High: &high, Interval: "bootstrap", Confidence: 0.95, Resamples: 100,
		Signs: Tally{Won: 3, Lost: 2, Same: 2}, P: 1, Agreement: &kappa, Measure: "cohen_kappa", Shared: 5,
	}
}

func TestJudgements(t *testing.T) {
	dir := t.TempDir()
	want := sampleJudgements()
	if err := WriteJudgements(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadJudgements(dir); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for what, spoil := range map[string]func(*Judgements){
		"the judges' answers":                       func(j *Judgements) { j.Judges[0].Won++ },
		"7 queries can't have 12 answers, 8 signs":  func(j *Judgements) { j.Signs.Won++ },
		"a win rate without decided answers":        func(j *Judgements) { j.WinRate = nil },
		"7 queries can't have 12 answers, 7 signs,": func(j *Judgements) { j.Shared = 8 },
	} {
		bad := sampleJudgements()
		spoil(bad)
		if err := WriteJudgements(t.TempDir(), bad); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%v, want %s", err, what)
		}
	}
	path := filepath.Join(dir, JudgementsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), `"version": 1`, `"version": 2`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := CheckJudgements(dir); err == nil || !strings.Contains(err.Error(), "reads version 1") {
		t.Error(err)
	}
}
