// Package simd says which vector instructions this process uses. The kernels themselves are in its folders: gemm for
// matrix products, vec for loops over slices. Each has an implementation per level, in generated assembly for AVX-512 and
// AVX2, in plain Go for every other machine.
package simd

import (
	"fmt"
	"os"

	"golang.org/x/sys/cpu"
)

// Level is a set of vector instructions.
type Level uint8

// The levels, from the one every machine has on.
const (
	None   Level = iota // plain Go
	AVX2                // AVX2 and FMA, 8 float32 at a time
	AVX512              // AVX-512 F, DQ, BW and VL, 16 float32 at a time
)

func (l Level) String() string { return [...]string{"none", "avx2", "avx512"}[l] }

// Variable is the environment variable that asks for a lower level than the machine's: avx512, avx2 or none.
const Variable = "PIPE_SIMD"

var (
	best           = detect()
	active, notice = choose(os.Getenv(Variable))
)

// Best is the highest level this machine has.
func Best() Level { return best }

// Active is the level in use: Best, or what PIPE_SIMD asks for.
func Active() Level { return active }

// Check reports a PIPE_SIMD that can't be followed: programs call it before they compute anything.
func Check() error { return notice }

func detect() Level {
	x := cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && x.HasFMA && x.HasBMI2 && x.HasPOPCNT:
		return AVX512
	case x.HasAVX2 && x.HasFMA && x.HasBMI1:
		return AVX2
	}
	return None
}

func choose(setting string) (Level, error) {
	if setting == "" {
		return best, nil
	}
	for l := None; l <= AVX512; l++ {
		if l.String() != setting {
			continue
		}
		if l > best {
			return None, fmt.Errorf("%s=%s: this machine has no such instructions: unset it, or take %s or lower", Variable, setting, best)
		}
		return l, nil
	}
	return None, fmt.Errorf("%s=%s: no such level: there are avx512, avx2 and none", Variable, setting)
}
