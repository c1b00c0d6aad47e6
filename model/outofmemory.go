package model

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// OutOfMemoryError is that a device has too little memory for what it was to compute.
type OutOfMemoryError struct {
	Device string // NVIDIA H100 80GB HBM3, 79.6 GiB
	Usable int64  // bytes this process may take; 0: not known
	Wanted int64  // bytes XLA asked for at once, or all of the program's where it tells; 0: not known
	Images bool   // a training's images were brought there to stay
	Held   int64  // bytes of a training's images that stay there
	Err    error  // XLA's own words, which may be long
}

func (e *OutOfMemoryError) Error() string {
	text := "out of memory on " + e.Device
	if e.Wanted > 0 {
		text += fmt.Sprintf(": XLA wanted %s", gibibytes(e.Wanted))
	}
	return text
}

func (e *OutOfMemoryError) Unwrap() error { return e.Err }

// Fitting estimates how many of n things at once fit, shared equally by devices; 0 for none. It goes in proportion, if XLA wanted
// more than there is, else it takes half of them, since what else lies in the memory is not known. From 16 on, what each device
// has is a multiple of 8, as the units that multiply matrices like it.
func (e *OutOfMemoryError) Fitting(n, devices int) int {
	fits := n / 2
	if e.Usable > 0 && e.Wanted > e.Usable {
		const spare = 0.9 // of what is wanted not all was asked for at once
		fits = int(spare * float64(n) * float64(e.Usable) / float64(e.Wanted))
	}
	each := fits / devices
	if each >= 16 {
		each -= each % 8
	}
	return each * devices
}

// outOfMemory marks an error of work that the device has too little memory for; others, and nil, it leaves alone. Programs
// and uploads have it, and training and embedding as a whole, since a GPU may say so only when results are fetched.
func (b *Backend) outOfMemory(err error) error {
	var already *OutOfMemoryError
	if err == nil || b.name != "xla" || errors.As(err, &already) || !exhausted(err.Error()) {
		return err
	}
	e := &OutOfMemoryError{Device: b.Device(), Wanted: wanted(err.Error()), Err: err}
	_, e.Usable, _ = b.Memory()
	return e
}

// code=8 is RESOURCE_EXHAUSTED in PJRT's C interface, which gives the message without its name.
var reExhausted = regexp.MustCompile(`PJRT error \(code=8\)|RESOURCE_EXHAUSTED|Resource exhausted|(?i:out of memory)|\bOOM\b|CUDA_ERROR_OUT_OF_MEMORY|CU(?:DNN|BLAS)_STATUS_ALLOC_FAILED`)

// exhausted tells XLA's errors of too little memory from others. What a core's own small memory is too little for has the
// same code, and is XLA's own mistake.
func exhausted(text string) bool {
	return reExhausted.MatchString(text) && !strings.Contains(strings.ToLower(text), "shared memory")
}

// reWanted finds amounts of bytes: of one allocation that failed, in several wordings, and of the whole program, in the
// statistics that follow.
var reWanted = regexp.MustCompile(`allocat(?:e|ing) ([0-9]+) ?bytes|allocate request for [^(\n]*\(([0-9]+)B\)|(?:to allocate|total allocation:) +([0-9.]+)([KMGT]iB)`)

func wanted(text string) (most int64) {
	for _, m := range reWanted.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(m[1]+m[2], 10, 64)
		if m[3] != "" {
			var f float64
			f, err = strconv.ParseFloat(m[3], 64)
			f *= math.Pow(1024, float64(1+strings.Index("KMGT", m[4][:1])))
			if f < math.MaxInt64 {
				n = int64(f)
			}
		}
		if err == nil {
			most = max(most, n)
		}
	}
	return most
}

func gibibytes(n int64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }
