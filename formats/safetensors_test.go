package formats

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
)

// safetensorsFile is a file of a header and n bytes of data.
func safetensorsFile(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

func TestHostileSafetensors(t *testing.T) {
	huge := binary.LittleEndian.AppendUint64(nil, 1<<63)
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty file", "not a safetensors file", nil},
		{"header beyond the file", "not a whole safetensors file", safetensorsFile("{}", 0)[:9]},
		{"header of 2^63 bytes", "not a whole safetensors file", append(huge, "{}"...)},
		{"not JSON", "header", safetensorsFile("what", 0)},
		{"a list", "not a JSON object", safetensorsFile("[]", 0)},
		{"something behind", "something follows", safetensorsFile("{} {}", 0)},
		{"twice", "is there twice", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8)},
		{"unknown key", "unknown field", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 4)},
		{"unknown type", `of type "F8_E4M3"`, safetensorsFile(`{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, 4)},
		{"shape and bytes differ", "takes 8 bytes, not 4", safetensorsFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4)},
		{"negative side", "can't be", safetensorsFile(`{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}`, 4)},
		{"shape overflows", "can't be", safetensorsFile(`{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}`, 4)},
		{"overlap", "gap, overlap", safetensorsFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8)},
		{"gap", "gap, overlap", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8)},
		{"beyond", "beyond the file", safetensorsFile(`{"a":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}`, 8)},
		{"backwards", "gap, overlap", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}`, 8)},
		{"data left over", "end at 4 of 8", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 8)},
		{"metadata not text", "__metadata__", safetensorsFile(`{"__metadata__":{"a":1}}`, 0)},
		{"large integer", "doesn't fit", append(safetensorsFile(`{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, 0), 1, 0, 0, 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := ReadSafetensors(bytes.NewReader(c.file), int64(len(c.file)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestBadWeightsAreNotWritten(t *testing.T) {
	for _, w := range []Weights{
		{{Name: "", Shape: []int{1}, Data: []float32{1}}},
		{{Name: metadataKey, Shape: []int{1}, Data: []float32{1}}},
		{{Name: "a", Shape: []int{2}, Data: []float32{1}}},
		{{Name: "a", Shape: []int{-1}, Data: nil}},
		{{Name: "a", Data: []float32{1}}, {Name: "a", Data: []float32{2}}},
	} {
		if err := WriteSafetensors(io.Discard, w, nil); err == nil {
			t.Errorf("%v is written without an error", w)
		}
	}
}

func FuzzSafetensors(f *testing.F) {
	_, w, _ := sampleEncoder()
	var good bytes.Buffer
	if err := WriteSafetensors(&good, w, map[string]string{"a": "b"}); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(safetensorsFile(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4))
	f.Add(safetensorsFile(`{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}}`, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		w, meta, err := ReadSafetensors(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		// What is read can be written, unless a name is one the format can't carry, and reads back the same.
		var again bytes.Buffer
		if err := WriteSafetensors(&again, w, meta); err != nil {
			if _, empty := w.Get(""); !empty {
				t.Fatal(err)
			}
			return
		}
		x, _, err := ReadSafetensors(bytes.NewReader(again.Bytes()), int64(again.Len()))
		if err != nil {
			t.Fatal(err)
		}
		same(t, x, w)
	})
}
