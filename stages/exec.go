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
		Summary: "A command of your own, in any language",
		Doc: `Runs a program that reads the folders of its inputs and writes its result into a folder. Nothing is run through a shell:
command lists the program and its arguments; write [bash, -c, "…"] for a shell's line. In the arguments and in env

  {in.images}, …      is the folder of what is connected to that port; several
                      stages are several arguments, {in.images.2} the second
  {digest.images}, …  is the digest of that content, by which clusters and
                      neighbours name the embeddings that they are of
  {source.photos}     is the folder where the paths of a catalogue start
  {out}               is the empty folder to write into
  {scratch}           is a folder that is still there when the stage was cut off
                      and runs again
  {seed}, {workers}   are the seed, and how many cores to use

and the same are in the environment: PIPE_IN_IMAGES (one folder a line), PIPE_DIGEST_IMAGES, PIPE_SOURCE_PHOTOS, PIPE_OUT,
PIPE_SCRATCH, PIPE_WORKERS, and PIPE_SEED where {seed} is used.

It works in an empty folder into which files are copied, at the same relative path (files from elsewhere: by their name
alone), so a script that isn't listed isn't found. Its environment is PATH and HOME of this process, LANG=C.UTF-8, a TMPDIR
of its own, the above, what pass and pass_uncounted name, and env; nothing else. With resources: {gpu: 1} it gets CUDA_VISIBLE_DEVICES for the
GPU that is its own while it runs.

The key holds the command as written, out, env, the content of files, the values of what pass names, the inputs, and the seed
where {seed} is used. Photos of a catalogue are compared with it before and after the command: where one changed, the stage
fails. The key does not hold PATH, HOME, the values of what pass_uncounted names, nor which version of a program is
installed: write that into env if results depend on it, such as TORCH=2.4. The command must give the same bytes again for the
same key.

out is the type of the result, whose files must be as docs/formats.md says: other stages read it as they would that of a
built-in kind. files, the default, is any files. What the command prints goes to the log. It has failed when its exit code
is not 0. At its end, at the timeout and when the run is stopped, all processes that it started and that stayed in its
process group are ended; they have 1.5 seconds between SIGTERM and SIGKILL.

An experiment with this kind runs programs: read one from somebody else before you run it.`,
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
	Files   []string `param:"files,exec" doc:"scripts and other files it needs, or folders of such; their content counts"`
	Out     string   `param:"out" enum:"files|photos|images|encoder|embeddings|clusters|neighbours|metrics" doc:"type of the result"`
	Env     []string `param:"env" doc:"environment variables, each NAME=value"`
	Pass    []string `param:"pass,exec" doc:"names of environment variables to hand on; their values count"`
	Quiet   []string `param:"pass_uncounted,exec" doc:"names of such whose values can't change the result: a proxy, a token, a folder for caches"`
	Timeout string   `param:"timeout,exec" doc:"stop it after so long, such as 90s or 2h; empty: never"`
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
