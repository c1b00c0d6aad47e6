package formats

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// sampleFile is the bytes of one file of a sample artifact.
func sampleFile(f *testing.F, write func(dir string) error, name string) []byte {
	dir := f.TempDir()
	if err := write(dir); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// Whatever the bytes of an image table: no panic, and every row of what is accepted can be looked at.
func FuzzImages(f *testing.F) {
	small := imageTable{Spec: ImageSpec{Size: 2, Fit: "pad", Box: "photo"}, Labels: sampleLabels(3), perBatch: 2}
	for i := range small.Labels {
		small.Whole, small.Cell = append(small.Whole, pattern(i, 12)), append(small.Cell, nil)
	}
	f.Add(sampleFile(f, func(dir string) error { return writeImages(dir, small) }, ImagesFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		im := &Images{file: b}
		if im.parse("fuzz") == nil {
			copyImages(im)
		}
	})
}

func FuzzMetrics(f *testing.F) {
	f.Add(sampleFile(f, func(dir string) error { return WriteMetrics(dir, sampleMetrics()) }, MetricsFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMetrics(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(m.file())
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseMetrics(again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, m)
	})
}

func FuzzEncoder(f *testing.F) {
	info, w, h := sampleEncoder()
	f.Add(sampleFile(f, func(dir string) error { return WriteEncoder(dir, info, w, h) }, EncoderFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := parseEncoder(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(e.file())
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseEncoder(again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, e)
	})
}

func FuzzJudgements(f *testing.F) {
	f.Add(sampleFile(f, func(dir string) error { return WriteJudgements(dir, sampleJudgements()) }, JudgementsFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		j, err := parseJudgements(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(judgementsFile{"judgements", 1, *j})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseJudgements(again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, j)
	})
}

func FuzzDrift(f *testing.F) {
	f.Add(sampleFile(f, func(dir string) error { return WriteDrift(dir, sampleDrift()) }, DriftFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := parseDrift(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(driftFile{"drift", 1, d})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseDrift(again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, d)
	})
}

func FuzzChoice(f *testing.F) {
	f.Add(sampleFile(f, func(dir string) error { return writeChoice(dir, chosenClusters().Choice) }, ChoiceFile))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseChoice(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(choiceFile{"choice", 1, c})
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseChoice(again)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, c)
	})
}
