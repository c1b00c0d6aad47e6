package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	syscpu "golang.org/x/sys/cpu"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/simd"
	"fashionpipe/model/cpu"
)

// BackendClass names what a setting stands for on this machine as far as it changes the last bits of a result:
// "cpu:1:amd64:avx512", "go:amd64", "xla:cuda:0.10.2:nvidia-5d1f0c3a:NVIDIA H100 80GB HBM3",
// "xla:cpu:0.98.0:amd64-6f0c2a91:16 cores". It is part of cache keys, and cheap: it looks at files and processor features,
// and initialises nothing.
func BackendClass(setting string) (string, error) {
	c, err := Choose(setting)
	if err != nil {
		return "", err
	}
	if c.Name == "xla" {
		return xlaClass(c.Plugin)
	}
	if err := simd.Check(); err != nil {
		return "", err
	}
	if c.Name == "go" {
		return "go:" + goClass(), nil
	}
	if goClass() == runtime.GOARCH {
		return cpu.Class(), nil
	}
	return cpu.Class() + "+go:" + goClass(), nil // what has no kernel of its own there runs on the Go backend
}

// xlaClass has the plugin's code, the device it compiles for, and the flags that change what XLA computes.
func xlaClass(p pjrt.Plugin) (string, error) {
	id, err := p.Identity()
	if err != nil {
		return "", err
	}
	parts := []string{"xla", p.Platform, id}
	switch p.Platform {
	case "cuda":
		parts = append(parts, cmp.Or(gpu.Kinds(), "unknown GPU"))
	case "cpu":
		// It compiles for the very processor, and adds up in an order that depends on how many threads share a product.
		parts = append(parts, processor(), fmt.Sprintf("%d cores", runtime.NumCPU()))
	}
	flags, err := classFlags(p)
	if err != nil {
		return "", err
	}
	if flags != "" {
		parts = append(parts, "flags-"+short(flags))
	}
	return strings.Join(parts, ":"), nil
}

// processor names the architecture and, by a digest, the instructions that this processor has.
func processor() string {
	var has []string
	for _, features := range []any{syscpu.X86, syscpu.ARM64} {
		v := reflect.ValueOf(features)
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Bool && f.Bool() {
				has = append(has, v.Type().Field(i).Name)
			}
		}
	}
	return runtime.GOARCH + "-" + short(strings.Join(has, " "))
}

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}
