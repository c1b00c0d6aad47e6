package stages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"
)

// encoderKind takes an encoder that was trained before, and makes sure that it is the one meant.
func encoderKind() *dag.Kind {
	return &dag.Kind{
		Name: "encoder", Version: 1, Out: Encoder, Check: formats.CheckEncoder,
		Summary: "Loads a trained encoder from a folder, pinned by its digest",
		Doc: `Takes the encoder that an earlier training left in a folder (out/NAME/encoder, or a folder written by pipe
store export) and passes on exactly these bytes, so that the stages after it find the results they had right after the
training.

digest says which encoder is meant: the SHA-256 of the artifact, or at least its first 12 characters, as printed by
pipe store ls and pipe runs show. A different encoder in the folder is an error. Once imported, the encoder is in the
store and the folder is not read again.

The artifact holds weights.safetensors, encoder.json and history.parquet, as written by train.`,
		Example: `encoder:
  uses: encoder
  with: {path: /srv/encoders/spring, digest: 3f9a52c07b1e}`,
		New: func() dag.Stage { return &encoder{} },
	}
}

type encoder struct {
	Path   string `param:"path,exec" doc:"folder of the encoder (~/ is the home folder)"`
	Digest string `param:"digest" doc:"SHA-256 of the encoder's artifact, or at least its first 12 characters"`
}

// shortestPin is how much of a digest tells one encoder from any other that a person may have.
const shortestPin = 12

// Validate asks for a digest, and tells the one that the folder has, so that it can be copied.
func (s *encoder) Validate() error {
	if s.Path == "" {
		return &dag.ParamError{Param: "path", Msg: "must name the folder of a trained encoder, such as out/NAME/encoder of the run that trained it"}
	}
	if s.Digest == "" {
		return &dag.ParamError{Param: "digest", Msg: "must say which encoder is meant" + s.hint()}
	}
	if len(s.Digest) < shortestPin || len(s.Digest) > 64 || strings.Trim(s.Digest, "0123456789abcdef") != "" {
		return &dag.ParamError{Param: "digest", Msg: fmt.Sprintf("must be %d to 64 characters of 0-9 and a-f, not %q%s", shortestPin, s.Digest, s.hint())}
	}
	return nil
}

// hint tells the digest of what lies in the folder now, so that it can be copied.
func (s *encoder) hint() string {
	dir, err := s.folder()
	if err != nil {
		return "; " + err.Error()
	}
	d, err := dag.DigestFolder(context.Background(), dir)
	if err != nil {
		return "; pipe store ls lists the encoders in the store with their digests"
	}
	return fmt.Sprintf("; the one in %s is %s", s.Path, d)
}

// folder finds the folder, through links: out/NAME/encoder is one.
func (s *encoder) folder() (string, error) {
	root, err := catalogue.Root(s.Path)
	if err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(root)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, formats.EncoderFile))
	}
	if err != nil {
		return "", fmt.Errorf("there is no encoder in %s: train one and name its folder (out/NAME/STAGE of that run)", s.Path)
	}
	return dir, nil
}

// Run implements dag.Stage.
func (s *encoder) Run(ctx context.Context, t *dag.Task) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	if err := os.CopyFS(t.Out, os.DirFS(dir)); err != nil {
		return fmt.Errorf("copying the encoder from %s: %w", s.Path, err)
	}
	got, err := dag.DigestFolder(ctx, t.Out) // of the copy: what was read is what counts
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(got), s.Digest) {
		return fmt.Errorf("%s holds another encoder than the one that is pinned:\n  pinned  %s\n  found   %s\nput the pinned one there, or, if you mean the new one, pin it (digest: %s)",
			s.Path, s.Digest, got, got)
	}
	info, err := formats.ReadEncoderInfo(t.Out)
	if err != nil {
		return err
	}
	t.Resultf("pinned", "%s, digest %s", info.Name, got.Short())
	if info.Collapsed {
		t.Warnf("collapse", "the encoder had collapsed when it was trained: its vectors say little")
	}
	return nil
}
