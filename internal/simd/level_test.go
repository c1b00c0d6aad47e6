package simd

import "testing"

func TestChoose(t *testing.T) {
	for _, test := range []struct {
		setting string
		want    Level
		fails   bool
	}{
		{"", Best(), false},
		{"none", None, false},
		{"sse", None, true},
		{"AVX2", None, true},
	} {
		got, err := choose(test.setting)
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%q: %v, %v", test.setting, got, err)
		}
	}
	if Best() < AVX512 {
		if _, err := choose("avx512"); err == nil {
			t.Error("a level the machine lacks was accepted")
		}
	}
}
