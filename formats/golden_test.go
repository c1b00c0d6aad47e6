package formats

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What the reference implementation of safetensors wrote (testdata/golden.py) is read bit by bit.
func TestReferenceSafetensors(t *testing.T) {
	var want map[string]struct {
		Shape []int
		Bits  []int32
	}
	b, err := os.ReadFile("testdata/weights.json")
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, meta, err := openSafetensors("testdata/weights.safetensors", ReadSafetensors)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || meta["format"] != "pt" {
		t.Fatalf("%d tensors, metadata %v; want %d tensors of torch", len(got), meta, len(want))
	}
	for _, x := range got {
		var bits []int32
		for _, v := range x.Data {
			bits = append(bits, int32(math.Float32bits(v)))
		}
		w, ok := want[x.Name]
		if !ok || !slices.Equal(x.Shape, w.Shape) || !slices.Equal(bits, w.Bits) {
			t.Errorf("%s: shape %v, bits %v; want %v, %v", x.Name, x.Shape, bits, w.Shape, w.Bits)
		}
		if y, ok := got.Get(x.Name); !ok || !slices.Equal(y.Shape, x.Shape) {
			t.Errorf("Get(%q) doesn't find it", x.Name)
		}
	}
	if _, ok := got.Get("conv1"); ok {
		t.Error("Get finds a tensor that isn't there")
	}
}

func TestSafetensorsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawWeights(t, 0)
		var a, b bytes.Buffer
		shuffled := slices.Clone(want)
		slices.Reverse(shuffled)
		meta := map[string]string{"note": drawText(t, "note")}
		if err := firstError(WriteSafetensors(&a, want, meta), WriteSafetensors(&b, shuffled, meta)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Fatal("the bytes depend on the order of the tensors")
		}
		got, gotMeta, err := ReadSafetensors(bytes.NewReader(a.Bytes()), int64(a.Len()))
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		same(t, gotMeta, meta)
	})
}
