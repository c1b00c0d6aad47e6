package pth

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func openBytes(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// numbers decodes what Read gives.
func numbers(t *testing.T, dtype string, raw []byte) (out []float64) {
	t.Helper()
	size := map[string]int{"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1}[dtype]
	for i := 0; i < len(raw); i += size {
		var b [8]byte
		copy(b[:], raw[i:i+size])
		u := binary.LittleEndian.Uint64(b[:])
		switch dtype {
		case "F64":
			out = append(out, math.Float64frombits(u))
		case "F32":
			out = append(out, float64(math.Float32frombits(uint32(u))))
		case "BF16":
			out = append(out, float64(math.Float32frombits(uint32(u)<<16)))
		case "F16":
			out = append(out, math.Ldexp(float64(1024+u&1023), int(u>>10&31)-25)*float64(1-2*int(u>>15)))
		case "U8":
			out = append(out, float64(u))
		default:
			shift := 64 - 8*size
			out = append(out, float64(int64(u<<shift)>>shift))
		}
	}
	return out
}

// TestReadsTorch compares every tensor with what golden.py saved, in every format.
func TestReadsTorch(t *testing.T) {
	var golden map[string]struct {
		Shape []int
		Data  []float64
	}
	if err := json.Unmarshal(testFile(t, "golden.json"), &golden); err != nil || len(golden) < 10 {
		t.Fatal(len(golden), err)
	}
	for _, name := range []string{"zip.pth", "zip4.pth", "legacy.pth"} {
		f, err := openBytes(testFile(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(f.Tensors) != len(golden) {
			t.Errorf("%s: %d tensors, want %d", name, len(f.Tensors), len(golden))
		}
		for key, want := range golden {
			raw, err := f.Read(key)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := numbers(t, f.Tensors[key].DType, raw); !slices.Equal(f.Tensors[key].Shape, want.Shape) || !slices.Equal(got, want.Data) {
				t.Errorf("%s: %s is %v %v, want %v %v", name, key, f.Tensors[key].Shape, got, want.Shape, want.Data)
			}
		}
	}
}

func TestNamesTellTheDicts(t *testing.T) {
	f, err := openBytes(testFile(t, "checkpoint.pth"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state_dict.module.weight", "state_dict.module.running_var", "state_dict.module.num_batches_tracked"} {
		if f.Tensors[name] == nil {
			t.Errorf("no %s in %v", name, f.Tensors)
		}
	}
	if f, err = openBytes(testFile(t, "python2.pth")); err != nil {
		t.Fatal(err)
	}
	if raw, err := f.Read("w"); err != nil || !slices.Equal(numbers(t, "F32", raw), []float64{1.5, -2}) {
		t.Error(raw, err)
	}
}

// archive is a zip of one pickle and a storage of 8 bytes.
func archive(t *testing.T, pickle string, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"x/data.pkl": pickle, "x/data/0": "01234567"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tensorPickle is {"w": a tensor} by opcodes for the count of its storage, offset, shape and stride.
func tensorPickle(count, offset, shape, stride string) string {
	return "\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu" +
		count + "tQ" + offset + shape + stride + "\x89NtRs."
}

// TestHostile: what can't be is told, and takes no memory.
func TestHostile(t *testing.T) {
	damaged := testFile(t, "zip.pth")
	at := bytes.Index(damaged, []byte("FloatStorage")) // in data.pkl: its checksum is checked
	damaged[at] = 'f'
	nested := "\x80\x02" + strings.Repeat("}X\x01\x00\x00\x00a", 20) + "}" + strings.Repeat("s", 20) + "."
	itself := "]q\x07h\x07a" // l = []; l.append(l)
	loop := "\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s."
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"nothing", "no file that torch.save wrote", nil},
		{"text", "no file that torch.save wrote", []byte("hello, this is no pickle")},
		{"half a zip", "not a whole zip archive", testFile(t, "zip.pth")[:2000]},
		{"half a legacy file", "the file ends", testFile(t, "legacy.pth")[:2500]},
		{"a pickle", "torch.save didn't write it", []byte("\x80\x02}.")},
		{"a program", "TorchScript", testFile(t, "script.pth")},
		{"unknown class", "names argparse.Namespace, which weights have no use for", testFile(t, "unknown.pth")},
		{"no tensors", "no tensor in it", testFile(t, "empty.pth")},
		{"os.system", "names os.system", archive(t, "\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", zip.Store)},
		{"os.system by stack", "names posix.system", archive(t, "\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.", zip.Store)},
		{"compressed", "is compressed", archive(t, strings.Repeat("\x80", 9999), zip.Deflate)},
		{"another class", "names torch.floatStorage", damaged},
		{"unknown opcode", "opcode 0x69", archive(t, "\x80\x02(i__builtin__\neval\n.", zip.Store)},
		{"long text", "more than any of weights", archive(t, "\x80\x02\x8d\x00\x00\x00\x00\x00\x00\x00\x40.", zip.Store)},
		{"cut text", "ends in its middle", archive(t, "\x80\x02X\x00\x00\x10\x00abc", zip.Store)},
		{"long name", "name of more than", archive(t, "\x80\x02c"+strings.Repeat("a", 2000), zip.Store)},
		{"many marks", "larger than any of weights", archive(t, "\x80\x02"+strings.Repeat("(", maxContainers+1), zip.Store)},
		{"odd dict", "damaged", archive(t, "\x80\x02}(X\x01\x00\x00\x00au.", zip.Store)},
		{"empty stack", "stack", archive(t, "\x80\x02.", zip.Store)},
		{"deep", "nested too deep", archive(t, nested, zip.Store)},
		{"itself", "nested too deep", archive(t, loop, zip.Store)},
		{"beyond", "lies beyond its storage", archive(t, tensorPickle("K\x02", "K\x01", "K\x02\x85", "K\x01\x85"), zip.Store)},
		{"stride beyond", "lies beyond its storage", archive(t, tensorPickle("K\x02", "K\x00", "K\x02\x85", "K\x05\x85"), zip.Store)},
		{"too many", "larger than its storage", archive(t, tensorPickle("K\x02", "K\x00", "K\x09K\x09\x86", "K\x00K\x00\x86"), zip.Store)},
		{"overflow", "a shape has", archive(t, tensorPickle("K\x02", "K\x00", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x70\x85", "K\x01\x85"), zip.Store)},
		{"negative", "a shape has -1", archive(t, tensorPickle("K\x02", "K\x00", "J\xff\xff\xff\xff\x85", "K\x01\x85"), zip.Store)},
		{"offset beyond all numbers", "lies beyond its storage", archive(t, tensorPickle("K\x02", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", "K\x02\x85", "K\x01\x85"), zip.Store)},
		{"a shape that holds a list that holds itself", "a shape has *types.List", archive(t, tensorPickle("K\x02", "K\x00", itself+"\x85", "K\x01\x85"), zip.Store)},
		{"a storage of a list that holds itself", "in a way this program doesn't know", archive(t, tensorPickle(itself, "K\x00", "K\x02\x85", "K\x01\x85"), zip.Store)},
		{"a long number in a shape", "a number of", archive(t, tensorPickle("K\x02", "K\x00", "\x8a\xc8"+strings.Repeat("\x01", 200)+"\x85", "K\x01\x85"), zip.Store)},
		{"strides of another rank", "has strides", archive(t, tensorPickle("K\x02", "K\x00", "K\x02\x85", "K\x01K\x01\x86"), zip.Store)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := openBytes(c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
	for name, file := range map[string][]byte{
		"has 8 bytes, and 100 numbers": archive(t, tensorPickle("K\x64", "K\x00", "K\x02\x85", "K\x01\x85"), zip.Store),
	} {
		f, err := openBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Read("w"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
}

// TestDamagedStorage: a flipped bit in an archive is noticed.
func TestDamagedStorage(t *testing.T) {
	b := archive(t, tensorPickle("K\x02", "K\x00", "K\x02\x85", "K\x01\x85"), zip.Store)
	b[bytes.Index(b, []byte("01234567"))] ^= 1
	f, err := openBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read("w"); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"zip.pth", "zip4.pth", "legacy.pth", "checkpoint.pth", "python2.pth", "unknown.pth", "script.pth"} {
		f.Add(testFile(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := openBytes(b)
		if err != nil {
			return
		}
		for name, x := range file.Tensors {
			raw, err := file.Read(name)
			if err != nil {
				continue
			}
			n := x.of.size
			for _, d := range x.Shape {
				n *= int64(d)
			}
			if int64(len(raw)) != n {
				t.Fatalf("%s of shape %v and type %s has %d bytes", name, x.Shape, x.DType, len(raw))
			}
		}
	})
}
