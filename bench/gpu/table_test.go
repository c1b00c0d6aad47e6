package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const measured = `{"what":"peaks","bf16_tflops":100}
{"what":"speed","who":"pipe","task":"train","arch":"resnet18","batch":256,"size":224,"precision":"bf16","rate":2000,"ready_s":20}
{"what":"speed","who":"torch","task":"train","arch":"resnet18","batch":256,"precision":"bf16","mode":"default","rate":1000}
{"what":"speed","who":"torch","task":"train","arch":"resnet18","batch":256,"precision":"bf16","mode":"max-autotune","rate":1600}
{"what":"speed","who":"torch","task":"train","arch":"resnet18","batch":512,"precision":"bf16","mode":"default","rate":9000}
{"what":"whole","batch":256,"images":20400,"loop_images":20000,"loop_s":15,"epochs":5,"stages":{"encoder":35}}
{"what":"bytes","precision":"bf16","digest":"a"}
{"what":"bytes","precision":"bf16","digest":"b"}
{"what":"bytes","precision":"bf16","digest":"a"}
{"what":"check","name":"losses","ok":true,"got":0.001,"limit":0.01}
`

// show gives what table prints, and its error.
func show(t *testing.T, lines string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	results, printed := filepath.Join(dir, "results"), filepath.Join(dir, "printed")
	if err := os.WriteFile(results, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(printed)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	os.Stdout = f
	failed := table(context.Background(), options{args: []string{results}})
	text, err := os.ReadFile(printed)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " "), failed
}

func TestTable(t *testing.T) {
	text, err := show(t, measured)
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"resnet18, 224 px, bf16 256 2000 1600 1.25 21.3 % max-autotune", // 2000 × 10.645 GFLOP of 100 TFLOP/s
		"at the rate of batch 256: 83.3 minutes",
		"20.0 s until its first steps, then 15.0 s, of which the rate of batch 256 projects 10.0 s: an epoch takes 1.00 s more",
		"by batches of 256: 85.3 minutes",
		"3 times, bf16: distinct results, to the byte: 2",
		"1 of 1 checks",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestTableFails(t *testing.T) {
	for name, lines := range map[string]string{
		"a check too far apart": measured + `{"what":"check","name":"features","got":0.5,"limit":0.01}`,
		"not a number":          measured + `{"what":"check","name":"features","limit":0.01}`,
		"no check":              `{"what":"peaks"}`,
	} {
		if text, err := show(t, lines); err == nil || strings.Contains(lines, "features") && !strings.Contains(text, "FAILED features") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
