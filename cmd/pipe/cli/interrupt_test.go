package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"fashionpipe/formats"
	"fashionpipe/internal/pace"
)

// many is an experiment whose stages each take a minute or more, on embeddings and a photo that the test makes.
const many = `
name: many
stages:
  one: {uses: synth, with: {count: 4, width: 800, height: 1000}}
  photos: {uses: photos, with: {root: photos, layout: folder}}
  small: {uses: decode, in: {photos: photos}, with: {size: 96, max_rejects: 1}}
  vectors: {uses: exec, with: {command: [cp, embeddings.parquet, "{out}"], files: [embeddings.parquet], out: embeddings}}
  synth: {uses: synth, with: {count: 100000}}
  decode: {uses: decode, in: {photos: photos}, with: {size: 3000, grid: none}}
  train: {uses: train, in: {images: small}, with: {width: 64, batch: 300, epochs: 1000, loss: vicreg}}
  embed: {uses: embed, in: {images: small}, with: {arch: vgg16, weights: random}}
  kmeans: {uses: kmeans, in: {embeddings: vectors}, with: {k: 2000, restarts: 100}}
  meanshift: {uses: meanshift, in: {embeddings: vectors}, with: {bandwidth: 20, kernel: gaussian}}
  retrieve: {uses: retrieve, in: {embeddings: vectors}, with: {k: 1000}}
  evaluate: {uses: evaluate, in: {ours: vectors}, with: {resamples: 100000}}
  exec: {uses: exec, with: {command: [sleep, "1000"]}}
`

// stopLimit is how long a run may take to end once it is told to, on a machine that does nothing else.
const stopLimit = 2 * time.Second

// TestInterruptStopsEveryKind interrupts a long stage of every kind that can be long, at two moments, and wants the run to
// end within stopLimit with exit code 130, with nothing left that is half made.
func TestInterruptStopsEveryKind(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute of stages that are interrupted")
	}
	dir := t.TempDir()
	makeMany(t, dir)
	for _, stage := range []string{"synth", "decode", "train", "embed", "kmeans", "meanshift", "retrieve", "evaluate", "exec"} {
		for _, after := range []time.Duration{200 * time.Millisecond, 2 * time.Second} {
			cmd := exec.Command("pipe", "run", "many.yaml", "--only", stage, "--log", "json")
			cmd.Dir, cmd.Stderr = dir, os.Stderr
			cmd.Env = append(os.Environ(), "GOMAXPROCS=2") // so that a larger machine is not done before it is stopped
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitLine(t, out, fmt.Sprintf(`"event":"started","stage":%q`, stage))
			time.Sleep(after)
			watch := pace.Start()
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatalf("%s ended by itself: make it longer", stage)
			}
			_ = cmd.Wait() // its exit code is looked at
			took, err := watch.Check(stopLimit)
			switch code := cmd.ProcessState.ExitCode(); {
			case code == 0:
				t.Errorf("%s ended by itself: make it longer", stage)
			case code != exitInterrupted || err != nil:
				t.Errorf("%s, interrupted after %v: exit code %d, %v", stage, after, code, err)
			}
			t.Logf("%-9s interrupted after %-5v ended after %s", stage, after, took)
		}
	}
	for _, pattern := range []string{"leases/*", "artifacts/tmp-*"} {
		if left, _ := filepath.Glob(filepath.Join(dir, ".pipe", pattern)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// makeMany writes the experiment, embeddings, and a folder of photos, and runs what the long stages need.
func makeMany(t *testing.T, dir string) {
	t.Helper()
	const n, dim = 60_000, 128
	e := &formats.Embeddings{Meta: formats.EmbeddingsMeta{Model: "drawn"}, Dim: dim, Data: make([]float32, n*dim)}
	random := rand.New(rand.NewPCG(1, 1))
	for i := range e.Data {
		e.Data[i] = float32(random.NormFloat64())
	}
	for i := range n {
		path := fmt.Sprintf("%d.jpg", i)
		e.Labels = append(e.Labels, formats.Labels{ID: path, Path: path, Category: fmt.Sprint(i % 100)})
	}
	if err := formats.WriteEmbeddings(dir, e); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "many.yaml"), []byte(many), 0o644); err != nil {
		t.Fatal(err)
	}
	pipe := func(args ...string) {
		t.Helper()
		cmd := exec.Command("pipe", append([]string{"run", "many.yaml"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	pipe("--only", "one")
	if err := os.Mkdir(filepath.Join(dir, "photos"), 0o755); err != nil {
		t.Fatal(err)
	}
	photo := filepath.Join(dir, "out", "many", "one", "train", "image", "000001.jpg")
	for i := range 600 {
		if err := os.Link(photo, filepath.Join(dir, "photos", fmt.Sprintf("%d.jpg", i))); err != nil {
			t.Fatal(err)
		}
	}
	pipe("--only", "small", "--only", "vectors")
}
