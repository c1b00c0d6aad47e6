package stages

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/internal/process"
)

// Validate refuses commands that can't work.
func (s *execStage) Validate() error {
	bad := func(param, format string, args ...any) error {
		return &dag.ParamError{Param: param, Msg: fmt.Sprintf(format, args...)}
	}
	switch {
	case len(s.Command) == 0:
		return bad("command", "must name a program and its arguments, such as [python3, script.py, \"{out}\"]")
	case s.Command[0] == "":
		return bad("command", "must begin with the name of a program")
	case strings.ContainsAny(s.Command[0], " \t\n"):
		return bad("command", "must list the program and each argument by itself: [%s]; for a shell's line [bash, -c, \"…\"]",
			strings.Join(strings.Fields(s.Command[0]), ", "))
	}
	for _, text := range slices.Concat(s.Command, s.Env, s.Files, s.Pass, s.Quiet) {
		if strings.ContainsRune(text, 0) {
			return bad("command", "can't hold a NUL character")
		}
	}
	for param, texts := range map[string][]string{"command": s.Command, "env": s.Env} {
		if wrote, meant := process.Near(texts...); wrote != "" {
			return bad(param, "holds %s, which stands for nothing; did you mean %s?", wrote, meant)
		}
	}
	if d, err := time.ParseDuration(s.Timeout); s.Timeout != "" && (err != nil || d <= 0) {
		return bad("timeout", "must be a time above 0, such as 90s, 30m or 2h, not %q", s.Timeout)
	}
	return errors.Join(s.validateEnv(), s.validateFiles())
}

var reVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s *execStage) validateEnv() error {
	seen := map[string]bool{}
	check := func(param, name, form string) error {
		msg := ""
		switch {
		case !reVariable.MatchString(name):
			msg = fmt.Sprintf("must hold %s, not %q", form, name)
		case strings.HasPrefix(name, "PIPE_"):
			msg = "can't set " + name + ": names that begin with PIPE_ are this program's"
		case seen[name]:
			msg = "names " + name + ", which is given already"
		}
		seen[name] = true
		if msg == "" {
			return nil
		}
		return &dag.ParamError{Param: param, Msg: msg}
	}
	var errs []error
	for _, e := range s.Env {
		name, _, ok := strings.Cut(e, "=")
		if !ok {
			name = e + " without a ="
		}
		errs = append(errs, check("env", name, "texts such as NAME=value"))
	}
	for _, name := range s.Pass {
		errs = append(errs, check("pass", name, "names of environment variables"))
	}
	for _, name := range s.Quiet {
		errs = append(errs, check("pass_uncounted", name, "names of environment variables"))
	}
	return errors.Join(errs...)
}

func (s *execStage) validateFiles() error {
	places := map[string]string{}
	for _, f := range s.Files {
		msg, place := "", placeOf(f)
		switch {
		case f == "" || place == "." || place == ".." || place == "/":
			msg = fmt.Sprintf("must name single files or folders, not %q", f)
		case places[place] != "":
			msg = fmt.Sprintf("holds %s and %s, which would both be %s where the command works", places[place], f, place)
		}
		if msg != "" {
			return &dag.ParamError{Param: "files", Msg: msg}
		}
		places[place] = f
	}
	return nil
}

// placeOf is where a file is copied to, below the folder that the command works in.
func placeOf(path string) string {
	if clean := filepath.Clean(path); filepath.IsLocal(clean) {
		return filepath.ToSlash(clean)
	}
	return filepath.Base(path)
}

// ValidatePorts wants a stage at every port that the command speaks of.
func (s *execStage) ValidatePorts(connected map[string]int) error {
	for _, name := range s.placeholders() {
		where, port, _ := strings.Cut(name, ".")
		switch {
		case !slices.Contains([]string{"in", "digest", "source"}, where):
		case where == "source" && port != string(Photos):
			return &dag.ParamError{Param: "command", Msg: fmt.Sprintf("holds {%s}: only a catalogue of photos has a source, {source.photos}", name)}
		case connected[port] == 0:
			return &dag.ParamError{Param: "command", Msg: fmt.Sprintf("holds {%s}, and no stage is connected to a port %s", name, port)}
		}
	}
	if s.OutType() == Photos && connected[string(Photos)]+connected[string(Files)] == 0 {
		return &dag.ParamError{Param: "out", Msg: "photos needs a stage at the port photos or files: the paths of a catalogue start where its photos are"}
	}
	return nil
}

// explain says, of a command that failed, which files it may have missed.
func (s *execStage) explain(err error) error {
	var exit *process.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	for _, a := range s.Command[1:] {
		listed := slices.ContainsFunc(s.Files, func(f string) bool { p := placeOf(f); return a == p || strings.HasPrefix(a, p+"/") })
		if info, statErr := os.Stat(a); !listed && !filepath.IsAbs(a) && statErr == nil && info.Mode().IsRegular() {
			return fmt.Errorf("%w\n%s is there, but not among `files`, so the command could not see it", err, a)
		}
	}
	return err
}
