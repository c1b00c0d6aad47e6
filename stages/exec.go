package stages

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/process"
)

func execKind() *dag.Kind {
	k := &dag.Kind{
		Name: "exec", Version: 2, Out: dag.Any,
		Summary: "Runs a command of your own, in any language",
		Doc: `Runs a program that reads the folders of its inputs and writes its result into a folder. No shell is
involved: command lists the program and its arguments; to use a shell, write [bash, -c, "…"]. In the arguments and in
env

  {in.images}, …      is the folder of the artifact connected to that port; with
                      several stages, one argument each, {in.images.2} is the
                      second
  {digest.images}, …  is the digest of that artifact, by which clusters and
                      neighbours refer to their embeddings
  {source.photos}     is the folder that paths in a catalogue are relative to
  {out}               is the empty folder to write into
  {scratch}           is a folder that is kept if the stage is interrupted and
                      runs again
  {seed}, {workers}   are the seed and the number of cores to use

The same values are in the environment: PIPE_IN_IMAGES (one folder per line), PIPE_DIGEST_IMAGES, PIPE_SOURCE_PHOTOS,
PIPE_OUT, PIPE_SCRATCH, PIPE_WORKERS, and PIPE_SEED if {seed} is used.

The working directory is an empty folder into which files are copied, at the same relative paths (files from
elsewhere: by their base name), so a script that is not listed is not found. The environment consists of PATH and HOME
of this process, LANG=C.UTF-8, a TMPDIR of its own, the variables above, those named by pass and pass_uncounted, and
env; nothing else. With resources: {gpu: 1} it also has CUDA_VISIBLE_DEVICES, set to the GPU that is reserved for it.

The key holds the command as written, out, env, the content of files, the values of the variables in pass, the inputs,
and the seed if {seed} is used. Photos of a catalogue are compared with it before and after the command; if one has
changed, the stage fails. The key does not hold PATH, HOME, the values of the variables in pass_uncounted, or the
versions of installed programs: if results depend on a version, write it into env, such as TORCH=2.4. For the same
key, the command must produce the same bytes.

out is the type of the result, whose files must be as described in docs/formats.md; other stages read it like that of
a built-in kind. The default, files, allows any files. What the command prints goes to the log. An exit code other
than 0 is a failure. When the command ends, times out or the run is stopped, all processes that it started and that
are still in its process group are terminated, with 1.5 seconds between SIGTERM and SIGKILL.

An experiment with this kind runs programs: read it before you run one from somebody else.`,
		Example: `mine:
  uses: exec
  in: {embeddings: ours}
  with:
    command: [python3, cluster.py, "{in.embeddings}", "{out}"]
    files: [cluster.py]
    out: clusters`,
		New:   func() dag.Stage { return &execStage{Out: string(Files)} },
		Check: checkExec,
	}
	for _, t := range []dag.Type{Photos, Images, Encoder, Embeddings, Clusters, Neighbours, Metrics, Report, Files} {
		k.In = append(k.In, dag.Port{Name: string(t), Type: t, Optional: true, Many: true, Doc: "what the command reads as {in." + string(t) + "}"})
	}
	return k
}

type execStage struct {
	Command []string `param:"command" doc:"the program and its arguments, without a shell"`
	Files   []string `param:"files,exec" doc:"scripts and other files or folders that it needs; the key holds their content"`
	Out     string   `param:"out" enum:"files|photos|images|encoder|embeddings|clusters|neighbours|metrics" doc:"type of the result"`
	Env     []string `param:"env" doc:"environment variables, each NAME=value"`
	Pass    []string `param:"pass,exec" doc:"names of environment variables to pass on; the key holds their values"`
	Quiet   []string `param:"pass_uncounted,exec" doc:"names of those whose values do not affect the result, such as a proxy, a token or a cache folder; not in the key"`
	Timeout string   `param:"timeout,exec" doc:"maximum run time, such as 90s or 2h; empty: none"`
}

// checks say whether a folder is a whole artifact of a type that out may name.
var checks = map[dag.Type]func(dir string) error{
	Photos: formats.CheckPhotos, Images: formats.CheckImages, Encoder: formats.CheckEncoder, Embeddings: formats.CheckEmbeddings,
	Clusters: formats.CheckClusters, Neighbours: formats.CheckNeighbours, Metrics: formats.CheckMetrics,
}

func (s *execStage) OutType() dag.Type { return dag.Type(s.Out) }

// Check holds the result to the format of its type.
func (s *execStage) Check(dir string) error {
	check := checks[s.OutType()]
	if check == nil {
		return nil // any files
	}
	err := check(dir)
	var path *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the command did not write %s, which `out: %s` needs (docs/formats.md)", filepath.Base(path.Path), s.Out)
	}
	said := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "") // the folder is gone when this is read
	return fmt.Errorf("%s: docs/formats.md says what `out: %s` must be like, and docs/exec.md has a script that writes it", said, s.Out)
}

// checkExec wants the command to have written something.
func checkExec(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("the command wrote nothing into {out}")
	}
	return err
}

// UsesSeed is true where the command asks for the seed.
func (s *execStage) UsesSeed() bool { return slices.Contains(s.placeholders(), "seed") }

func (s *execStage) placeholders() []string {
	return process.Names(slices.Concat(s.Command, s.Env)...)
}

// Source is where the paths of a catalogue that the command makes start: where those of its input do.
func (s *execStage) Source(in dag.Inputs) (string, error) {
	if s.OutType() != Photos {
		return "", nil
	}
	if a, ok := in.One(string(Photos)); ok {
		return a.Source, nil
	}
	a, _ := in.One(string(Files)) // there, says ValidatePorts
	return a.Dir, nil
}

// Ready says which of the files is not there, or that the program isn't. One that comes by the files or from a stage is
// known only where the command works.
func (s *execStage) Ready() error {
	for _, f := range s.Files {
		if err := thereIs(f); err != nil {
			return err
		}
	}
	program, path := s.Command[0], "PATH="+os.Getenv("PATH")
	for _, e := range s.Env {
		if strings.HasPrefix(e, "PATH=") {
			path = e
		}
	}
	brought := strings.Contains(program, "/") && !filepath.IsAbs(program)
	if brought || len(process.Names(program, path)) > 0 {
		return nil
	}
	return process.Command{Args: s.Command, Env: []string{path}}.Exists()
}

// Externals gives the digest of every file that is copied to where the command works, by its place there, and of the
// values of the variables that count and are set.
func (s *execStage) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	copies, err := s.copies(ctx, files)
	if err != nil {
		return nil, err
	}
	out := map[string]dag.Digest{}
	for _, c := range copies {
		out[c.place] = c.digest
	}
	for _, name := range s.Pass {
		if value, ok := os.LookupEnv(name); ok {
			out[dag.VariablePrefix+name] = dag.Digest(fmt.Sprintf("%x", sha256.Sum256([]byte(value))))
		}
	}
	return out, nil
}

// keepDir is what the command sees as {scratch}.
const keepDir = "keep"

// Resumes implements dag.Resumer: the command kept something.
func (s *execStage) Resumes(scratch string) bool {
	kept, err := os.ReadDir(filepath.Join(scratch, keepDir))
	return err == nil && len(kept) > 0
}

// Run implements dag.Stage.
func (s *execStage) Run(ctx context.Context, t *dag.Task) error {
	work, keep := filepath.Join(t.Scratch, "work"), filepath.Join(t.Scratch, keepDir)
	defer func() {
		_ = os.RemoveAll(work) // what stays is removed with the scratch folder
		_ = os.Remove(keep)    // fails where something is in it, as it should
	}()
	if err := s.prepare(ctx, t, work, keep); err != nil {
		return fmt.Errorf("preparing the folder it works in: %w", err)
	}
	if err := samePhotos(ctx, t); err != nil {
		return err
	}
	values := s.values(t, keep)
	args, err := values.Fill(s.Command)
	if err != nil {
		return err
	}
	env, err := s.environment(values, t.Devices, work)
	if err != nil {
		return err
	}
	limit, _ := time.ParseDuration(s.Timeout) // checked by Validate
	err = s.explain(process.Run(ctx, process.Command{
		Args: args, Dir: work, Env: env, Timeout: limit, Grace: execGrace,
		Line: func(line string) { t.Sayf("%s", line) },
	}))
	if err != nil {
		return err
	}
	return samePhotos(ctx, t)
}

// execGrace leaves half a second of the two that a run may take to stop.
const execGrace = 1500 * time.Millisecond
