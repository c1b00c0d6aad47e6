package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const gomlx = "github.com/gomlx/gomlx"

// standIn are the files of the module that stands in the place of XLA.
var standIn = map[string]string{
	"go.mod": "module github.com/gomlx/go-xla\n\ngo 1.26\n",
	"compute/xla/xla.go": `// Package xla has GoMLX's tests meet backend cpu where they expect XLA.
package xla

import _ "fashionpipe/model/cpu"

// AutoInstall installs nothing.
func AutoInstall() error { return nil }
`,
	"installer/installer.go": `// Package installer is asked for graphics cards by GoMLX's tests.
package installer

// HasNvidiaGPU is false.
func HasNvidiaGPU() bool { return false }
`,
}

// writeModule writes a module to dir that needs this one and GoMLX, each with all the versions that it needs itself, so that
// GoMLX's tests can be built in it.
func writeModule(ctx context.Context, dir string) error {
	ours, err := output(ctx, ".", "env", "GOMOD")
	if err != nil {
		return err
	}
	theirs, err := output(ctx, ".", "list", "-m", "-f", "{{.Dir}}", gomlx)
	if err != nil {
		return err
	}
	if theirs == "" {
		return fmt.Errorf("%s is not in the module cache: run 'go mod download'", gomlx)
	}
	root := filepath.Dir(ours)
	var mod, sum bytes.Buffer
	fmt.Fprintf(&mod, "module upstream\n\nreplace fashionpipe => %s\n\nreplace github.com/gomlx/go-xla => ./xla\n\nrequire fashionpipe v0.0.0\n\n", root)
	for _, from := range []string{root, theirs} {
		if err := requirements(ctx, &mod, filepath.Join(from, "go.mod")); err != nil {
			return err
		}
		sums, err := os.ReadFile(filepath.Join(from, "go.sum"))
		if err != nil {
			return err
		}
		sum.Write(sums)
	}
	files := map[string]string{"go.mod": mod.String(), "go.sum": sum.String()}
	for name, text := range standIn {
		files[filepath.Join("xla", name)] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// requirements adds the Go version and the required modules of a go.mod file to another. Of several versions Go takes the
// highest.
func requirements(ctx context.Context, mod *bytes.Buffer, file string) error {
	text, err := output(ctx, ".", "mod", "edit", "-json", file)
	if err != nil {
		return err
	}
	var m struct {
		Go      string
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if !bytes.Contains(mod.Bytes(), []byte("\ngo ")) {
		fmt.Fprintf(mod, "go %s\n\n", m.Go)
	}
	for _, r := range m.Require {
		fmt.Fprintf(mod, "require %s %s\n", r.Path, r.Version)
	}
	return nil
}

// command is the go command in a folder.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	cmd.Stderr = os.Stderr
	return cmd
}

func output(ctx context.Context, dir string, args ...string) (string, error) {
	out, err := command(ctx, dir, args...).Output()
	if err != nil {
		return "", errors.Join(fmt.Errorf("go %s", strings.Join(args, " ")), err)
	}
	return strings.TrimSpace(string(out)), nil
}
