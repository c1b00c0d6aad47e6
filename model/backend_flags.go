package model

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"fashionpipe/internal/pjrt"
)

const (
	flagsVariable   = "XLA_FLAGS"
	optionsVariable = "XLA_DEBUG_OPTIONS"    // go-xla's, which hands them on at each compilation
	tf32Variable    = "NVIDIA_TF32_OVERRIDE" // NVIDIA's libraries round float32s, or don't, whatever is asked of them

	flagCUDARoot = "--xla_gpu_cuda_data_dir"
	// flagSame has XLA take only operations whose result doesn't depend on which of their threads is first.
	flagSame = "--xla_gpu_exclude_nondeterministic_ops"
	// flagChoices names a folder where XLA keeps which of several kernels was the fastest, for each operation. Without it, each
	// process times them anew, and may choose another one, which rounds otherwise.
	flagChoices = "--xla_gpu_per_fusion_autotune_cache_dir"
)

// ourFlags are those that XLA gets from us on CUDA, and what it means where a plugin doesn't know one, which is left out then.
var ourFlags = []struct{ name, without string }{
	{flagCUDARoot, "it looks for the compiler's parts in /usr/local/cuda"},
	{flagSame, "the same training may differ in its last bits"},
	{flagChoices, "each run times its algorithms anew, and may take others"},
}

// leftOut says which of our flags a plugin for CUDA doesn't know, and what that means; "" if none.
func leftOut(p pjrt.Plugin) string {
	var all []string
	for _, f := range ourFlags {
		if isOut(p, f.name) && (f.name != flagCUDARoot || p.CUDARoot() != "") {
			all = append(all, fmt.Sprintf("without %s, which this plugin doesn't know: %s", f.name, f.without))
		}
	}
	return strings.Join(all, "; ")
}

// isOut says whether a plugin for CUDA doesn't get a flag of ours.
func isOut(p pjrt.Plugin, flag string) bool {
	return !says(strings.Fields(os.Getenv(flagsVariable)), flag) && !p.Knows(flag)
}

// says says whether flags set a certain one.
func says(flags []string, name string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return f == name || strings.HasPrefix(f, name+"=") })
}

// givenFlags are the flags that people gave XLA: those of a file, where XLA_FLAGS names one, as XLA reads it.
func givenFlags() (string, error) {
	text := strings.TrimSpace(os.Getenv(flagsVariable))
	if text == "" || text[0] == '-' {
		return text, nil
	}
	b, err := os.ReadFile(text)
	if err != nil {
		return "", fmt.Errorf("%s begins with no -, so that XLA reads flags from a file of this name: %w", flagsVariable, err)
	}
	return string(b), nil
}

// reFlag finds flags as XLA does: a value may be in quotes.
var reFlag = regexp.MustCompile(`(?:^|\s)(-[-\w]*)(?:="(?:[^"\\]|\\.)*"?|='[^']*'?|\S*)`)

// checkFlags is an error where people gave XLA a flag that a plugin doesn't know: XLA itself would end this process. Of a plugin
// whose file isn't where XLA's flags are, only XLA can tell.
func checkFlags(p pjrt.Plugin) error {
	given, err := givenFlags()
	if err != nil {
		return err
	}
	flags := reFlag.FindAllStringSubmatch(given, -1)
	if len(flags) == 0 || !p.HasFlags() {
		return nil
	}
	var unknown []string
	for _, f := range flags {
		if name := f[1]; !p.Knows(name) && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s has %s, which %s doesn't know", flagsVariable, strings.Join(unknown, " and "), p.Path)
	}
	return nil
}

// classFlags are the flags, and go-xla's options, by which a plugin may compute otherwise.
func classFlags(p pjrt.Plugin) (string, error) {
	if err := checkFlags(p); err != nil {
		return "", err
	}
	given, err := givenFlags()
	if err != nil {
		return "", err
	}
	all := xlaFlags(given) + " " + os.Getenv(optionsVariable)
	if p.Platform == "cuda" {
		if value := os.Getenv(tf32Variable); value != "" {
			all += " " + tf32Variable + "=" + value
		}
		if isOut(p, flagSame) {
			all += " without " + flagSame
		}
	}
	return strings.TrimSpace(all), nil
}

// xlaFlags are those flags that may change a result and aren't ours, sorted: not the ones that say where something lies or is
// written.
func xlaFlags(all string) string {
	flags := slices.DeleteFunc(strings.Fields(all), func(f string) bool {
		name, _, _ := strings.Cut(f, "=")
		return name == flagCUDARoot || name == flagChoices || f == flagSame+"=true" || strings.HasPrefix(f, "--xla_dump")
	})
	slices.Sort(flags)
	return strings.Join(flags, " ")
}
