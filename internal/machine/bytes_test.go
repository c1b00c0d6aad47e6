package machine

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseBytes(t *testing.T) {
	for s, want := range map[string]int64{"1B": 1, "2GB": 2e9, "1.5 GB": 15e8, "2GiB": 2 << 30, "0.5kB": 500, "1024TiB": 1 << 50} {
		if got, ok := ParseBytes(s); got != want || !ok {
			t.Errorf("%s: %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "2", "2G", "GB", "-1GB", "0GB", "2gb", "1e3MB", "2 GB ", "2000TB", "0.0001B", "1..5GB"} {
		if got, ok := ParseBytes(s); ok {
			t.Errorf("%q is %d", s, got)
		}
	}
}

func TestFormatBytesReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<50).Draw(t, "bytes") >> rapid.IntRange(0, 50).Draw(t, "less")
		n = max(1, n)
		if got, ok := ParseBytes(FormatBytes(n)); !ok || got != n {
			t.Fatalf("%d is written %s, which is %d", n, FormatBytes(n), got)
		}
	})
	for n, want := range map[int64]string{2e9: "2GB", 2 << 30: "2GiB", 15e8: "1500MB", 1 << 40: "1TiB", 1234: "1234B"} {
		if got := FormatBytes(n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}
