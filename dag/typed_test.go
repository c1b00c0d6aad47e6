package dag_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fashionpipe/dag"
)

// anything writes a text, and makes of it the type it is told.
type anything struct {
	As   string `param:"as" doc:"type of what it makes"`
	Text string `param:"text" doc:"what to write"`
}

func (s *anything) Run(_ context.Context, t *dag.Task) error { return writeText(t, s.Text) }

func (s *anything) OutType() dag.Type { return dag.Type(s.As) }

func (s *anything) Check(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "text")); err != nil {
		return err
	}
	if s.Text == "half" {
		return errors.New("it is half a text")
	}
	return nil
}

// TestStageSaysItsType connects a stage whose parameters say what it makes.
func TestStageSaysItsType(t *testing.T) {
	k := kind("anything", nil, func() dag.Stage { return &anything{} })
	k.Out = dag.Any
	made := func(as, text string) *dag.Node {
		return node(k, "made", &anything{As: as, Text: text})
	}
	var wire *dag.WireError
	_, err := dag.NewGraph("test", []*dag.Node{made("number", "x"), node(joinKind, "j", &join{}, "made")})
	if !errors.As(err, &wire) || wire.Problem != dag.WrongType {
		t.Fatalf("a number at a port for texts: %v", err)
	}
	l := newLab(t, t.TempDir())
	sum, got := l.run(graph(t, made("text", "x"), node(joinKind, "j", &join{}, "made")), dag.RunOptions{})
	want(t, got, "made ran, j ran")
	if m, _ := sum.Stage("made"); m.Artifact.Type != textType {
		t.Errorf("the artifact's type is %q", m.Artifact.Type)
	}
	sum, got = l.run(graph(t, made("text", "half")), dag.RunOptions{})
	want(t, got, "made failed")
	want(t, sum.Err().Error(), "stage made: what it wrote is not whole: it is half a text")
}
