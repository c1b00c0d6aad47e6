package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pipe": func() { os.Exit(Main(os.Args[1:])) }})
}

func TestScripts(t *testing.T) {
	experiments, err := filepath.Abs("testdata/experiments")
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := filepath.Abs("../../pipelines")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXPERIMENTS", experiments)
			env.Setenv("SHIPPED", shipped)
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			return nil
		},
	})
}
