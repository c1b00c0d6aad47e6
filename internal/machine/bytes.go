package machine

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

var (
	reBytes = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([kMGT]?B|[KMGT]iB)$`)
	units   = map[string]float64{"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
)

// ParseBytes reads an amount of memory with its unit: 500MB, 1.5 GB, 2GiB; more than nothing and at most 2^50 bytes.
func ParseBytes(s string) (int64, bool) {
	m := reBytes.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	num, err := strconv.ParseFloat(m[1], 64)
	bytes := math.Round(num * units[m[2]])
	return int64(bytes), err == nil && bytes >= 1 && bytes <= 1<<50
}

// FormatBytes writes an amount so that it reads back as the same.
func FormatBytes(bytes int64) string {
	for _, unit := range []string{"TB", "GB", "TiB", "GiB", "MB", "MiB", "kB", "KiB"} {
		if size := int64(units[unit]); bytes%size == 0 {
			return strconv.FormatInt(bytes/size, 10) + unit
		}
	}
	return strconv.FormatInt(bytes, 10) + "B"
}

// RoundBytes writes an amount as people read it, in powers of 1000: 512 B, 1.5 GB.
func RoundBytes(bytes int64) string {
	units := []string{"kB", "MB", "GB", "TB"}
	if bytes < 1000 {
		return fmt.Sprintf("%d B", bytes)
	}
	v, u := float64(bytes)/1000, 0
	for v >= 999.95 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	return fmt.Sprintf("%.1f %s", v, units[u])
}
