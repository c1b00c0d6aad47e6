package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"fashionpipe/internal/disk/faulty"
	"fashionpipe/model"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pipe": func() {
		if err := faulty.Spoil(); err != nil {
			panic(err)
		}
		os.Exit(Main(os.Args[1:]))
	}})
}

func TestScripts(t *testing.T) {
	experiments, err := filepath.Abs("testdata/experiments")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := filepath.Abs("../../../pipelines")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "xla":
				return model.HasXLA(), nil
			case "plugin": // a PJRT plugin that works, see model
				return model.HasXLA() && os.Getenv("PIPE_TEST_PLUGIN") != "", nil
			}
			return false, fmt.Errorf("no such condition: %s", cond)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXPERIMENTS", experiments)
			env.Setenv("SHIPPED", shipped)
			env.Setenv("PIPE_TEST_PLUGIN", os.Getenv("PIPE_TEST_PLUGIN"))
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			return nil
		},
	})
}

// exits runs a command that must end with a certain exit code: `exits 2 pipe run`.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}
