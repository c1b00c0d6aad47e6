package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/internal/pjrt"
)

// pluginWith makes a plugin's file that has so many of XLA's flags.
func pluginWith(t *testing.T, name string, flags ...string) pjrt.Plugin {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var text strings.Builder
	for _, f := range flags {
		text.WriteString(strings.TrimPrefix(f, "--") + "\x00")
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return pjrt.At(path)
}

// TestCheckFlags: a flag that a plugin doesn't know is said by its name, where the plugin's file tells which it knows.
func TestCheckFlags(t *testing.T) {
	p := pluginWith(t, "pjrt_c_api_cpu_plugin.so", "--xla_dump_to", "--xla_a", "--xla_b")
	file := filepath.Join(t.TempDir(), "flags")
	if err := os.WriteFile(file, []byte("--xla_a=1\n--xla_from_file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"":                                      "",
		" --xla_a  --xla_b=1\t--xla_a=2":        "",
		"--xla_c=1":                             "XLA_FLAGS has --xla_c, which " + p.Path + " doesn't know",
		"--xla_c --xla_a --xla_d=x=y --xla_c=2": "XLA_FLAGS has --xla_c and --xla_d, which ",
		"-xla_a":                                "XLA_FLAGS has -xla_a, which ",
		`--xla_a="--xla_c --xla_d" --xla_b='x --xla_c'`: "",
		`--xla_a="\" --xla_c" --xla_e`:                  "XLA_FLAGS has --xla_e, which ",
		file:                                            "XLA_FLAGS has --xla_from_file, which ",
		file + "2":                                      "XLA_FLAGS begins with no -, so that XLA reads flags from a file of this name: open " + file + "2: no such file",
	} {
		t.Setenv(flagsVariable, given)
		err := checkFlags(p)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
		if _, classErr := xlaClass(p); (classErr == nil) != (err == nil) {
			t.Errorf("%q: the class has %v", given, classErr)
		}
	}
	t.Setenv(flagsVariable, "--xla_c")
	if err := checkFlags(pluginWith(t, "pjrt_c_api_cpu_plugin.so", "--xla_a")); err != nil {
		t.Errorf("of a plugin that has its flags elsewhere: %v", err)
	}
}

// TestLeftOut: what a plugin for CUDA doesn't know of our flags is said, and changes the class where it changes results.
func TestLeftOut(t *testing.T) {
	t.Setenv(flagsVariable, "")
	const name = "xla_cuda_plugin.so"
	all := pluginWith(t, name, flagCUDARoot, flagSame, flagChoices)
	if text := leftOut(all); text != "" {
		t.Errorf("nothing is left out, and yet %q", text)
	}
	noChoices, noSame := pluginWith(t, name, flagSame), pluginWith(t, name, flagChoices)
	if text := leftOut(noChoices); text != "without "+flagChoices+", which this plugin doesn't know: each run times its algorithms anew, and may take others" {
		t.Error(text)
	}
	if text := leftOut(noSame); strings.Count(text, "without ") != 1 || !strings.HasPrefix(text, "without "+flagSame) {
		t.Error(text)
	}
	flags := func(p pjrt.Plugin) string {
		t.Helper()
		text, err := classFlags(p)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if flags(all) != "" || flags(noChoices) != "" || flags(noSame) == "" {
		t.Errorf("classes: %q, %q, %q", flags(all), flags(noChoices), flags(noSame))
	}
	allowed := flagSame + "=false"
	t.Setenv(flagsVariable, allowed)
	if text := leftOut(noSame); text != "" || flags(noSame) != allowed || flags(all) != allowed {
		t.Errorf("people say it themselves: %q, classes %q and %q", text, flags(noSame), flags(all))
	}
}

// TestClassOfOverride: what NVIDIA's libraries are told over XLA's head is in the class of their devices alone.
func TestClassOfOverride(t *testing.T) {
	t.Setenv(flagsVariable, "")
	t.Setenv(optionsVariable, "")
	for name, want := range map[string]string{"pjrt_c_api_cuda_plugin.so": tf32Variable + "=0", "pjrt_c_api_cpu_plugin.so": ""} {
		p := pluginWith(t, name, flagSame)
		for value, want := range map[string]string{"": "", "0": want} {
			t.Setenv(tf32Variable, value)
			if text, err := classFlags(p); err != nil || text != want {
				t.Errorf("%s, %q: %q, %v", name, value, text, err)
			}
		}
	}
}

// TestClassOfFlagsInAFile: what the file has is in the class, not its name.
func TestClassOfFlagsInAFile(t *testing.T) {
	p := pluginWith(t, "pjrt_c_api_cpu_plugin.so")
	file := filepath.Join(t.TempDir(), "flags")
	if err := os.WriteFile(file, []byte("--xla_b\n--xla_a=1"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(flagsVariable, file)
	if text, err := classFlags(p); err != nil || text != "--xla_a=1 --xla_b" {
		t.Errorf("%q, %v", text, err)
	}
}
