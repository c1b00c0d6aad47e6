package dag

import (
	"context"
	"fmt"

	"fashionpipe/dag/store"
)

// Type names what an artifact holds, such as "images". Two ports connect when their types are equal.
type Type string

// Any is the Out of a kind whose stages say themselves what they make (see Typed).
const Any Type = "any"

// Kind is a registered type of stage: what `uses:` names in an experiment. Everything people are told about a kind
// (help, lint, schema) comes from here and from the parameter struct that New returns.
type Kind struct {
	Name    string
	Version int    // raised whenever the same parameters and inputs would give another result; part of every key
	Summary string // one line, no full stop
	Doc     string // a few paragraphs: what it does, method with its source, what the output folder holds
	Example string // YAML of one stage, as it stands under `stages:`
	In      []Port
	Out     Type // Any where the stage is Typed

	// New returns a stage with its default parameters: a pointer to a struct whose fields tagged `param` are the
	// parameters (see Params).
	New func() Stage

	// Check says whether a folder is a whole artifact of this kind, by structure (row counts, footers), not by
	// content. The engine calls it before it publishes.
	Check func(dir string) error

	// Diff says in a few words how the content of an artifact of this kind differs from that of an older one: "3 added,
	// 1 removed". It is asked why a stage after it runs, so it must be quick. May be nil.
	Diff func(oldDir, newDir string) (string, error)
}

// Typed is implemented by a stage whose parameters say what it makes: a command of a person's own. Its kind's Out is
// Any.
type Typed interface {
	// OutType gives the type of the artifact, after Validate.
	OutType() Type
}

// OutType gives the type of what a stage of the kind makes.
func (k *Kind) OutType(s Stage) Type {
	if t, ok := s.(Typed); ok && k.Out == Any {
		return t.OutType()
	}
	return k.Out
}

// Port is a named, typed input of a kind.
type Port struct {
	Name     string
	Type     Type
	Optional bool
	Many     bool // takes a list of stages
	Doc      string

	// Previous names another port (that takes one stage). Where this port is not connected, the engine fills it with
	// what the stage connected to the other gave in the newest run of the experiment where that was another result
	// than now; it stays empty if there is none, so such a port is Optional. Of several such ports the first decides
	// which run that is. What it is filled with is in the key, like any input.
	Previous string

	// Own changes what a port with Previous takes: what this stage itself gave, the last time before the stage
	// connected to the other port gave what it gives now.
	Own bool
}

// Remembering is implemented by a stage whose parameters say whether it wants its ports with Previous filled. Without
// it, it does.
type Remembering interface {
	WantsPrevious(port string) bool
}

// Stage is a kind with its parameters filled in. Beside Run it may implement Validator, PortValidator, InputValidator, Seeded,
// OnBackend, Offloader, External, Fetcher, Locator, Incremental, Remembering, Resumer, Checker and Typed.
type Stage interface {
	// Run does the work: it reads t's inputs and writes its artifact as files below t.Out. What it writes may
	// depend only on the parameters, the inputs, the externals and t.Seed, so that equal keys give equal bytes.
	Run(ctx context.Context, t *Task) error
}

// Validator is implemented by a stage whose parameters have rules beyond their types. Validate is called after the
// parameters are decoded and before anything runs; a *ParamError lets the message point at the line.
type Validator interface{ Validate() error }

// PortValidator is implemented by a stage whose parameters and connected ports have rules together: "exactly one of
// `root` and `files`". ValidatePorts gets the number of stages connected to each port; it is called where Validate is,
// after it. A *ParamError lets the message point at the parameter's line.
type PortValidator interface {
	ValidatePorts(connected map[string]int) error
}

// InputValidator is implemented by a stage that doesn't take everything of the right type at its ports: two inputs must have
// come about alike. ValidateInputs gets the nodes connected to each port; NewGraph calls it where all connections are
// right by type. A fault is a *WireError with Port, Index and Msg.
type InputValidator interface {
	ValidateInputs(in map[string][]*Node) error
}

// ParamError is a parameter with a value that can't be.
type ParamError struct {
	Param string // its name as in the `param` tag
	Msg   string // what is wrong and what would be right: "must be at least 1, not 0"
}

func (e *ParamError) Error() string { return fmt.Sprintf("%s: %s", e.Param, e.Msg) }

// Checker is implemented by a stage whose parameters decide what a whole artifact is. Check is called where that of the
// kind is, after it.
type Checker interface{ Check(dir string) error }

// Seeded is implemented by a stage whose result may depend on the seed. Only where UsesSeed is true is the seed part
// of the key, and t.Seed set.
type Seeded interface{ UsesSeed() bool }

// OnBackend is implemented by a stage that computes on a numeric backend. Where UsesBackend is true the class of the
// backend ("go", "xla:cuda") is part of the key, since it changes the last bits of a result, and the stage has a GPU to
// itself where the backend computes on GPUs (Engine.OnGPU), unless it is an Offloader or the experiment says otherwise.
type OnBackend interface{ UsesBackend() bool }

// Offloader is implemented by a stage that lets the numeric backend do work where that is faster, to the same bytes as
// without. Where Offloads is true t.Backend is set; the class of the backend stays out of the key, unless what the stage
// computes by itself differs between machines (OnBackend). It never waits for a GPU that the experiment doesn't ask for: see
// Task.Borrow.
type Offloader interface{ Offloads() bool }

// OnDevices is implemented by a stage that shares its work among all GPUs it has, where it has several. Where UsesDevices is
// true for the backend setting their number is part of the key, since it changes the order of sums.
type OnDevices interface{ UsesDevices(backend string) bool }

// External is implemented by a stage that reads content from outside the store: a folder of photos, a weight file.
type External interface {
	// Externals gives the digest of each such content by a name ("root", "weights"). It is called on every plan and
	// run to make the key, and where the stage runs also right before and right after Run: if the content, or only
	// a file's time, is another after it than before, nothing is published and the stage fails. So it digests
	// through files, which remembers unchanged files. The paths themselves belong in parameters tagged `exec`,
	// which the key leaves out. An environment variable is content too, by VariablePrefix and its name. What such a stage keeps in t.Scratch must not hold content from outside: a run
	// that was killed could not compare it.
	Externals(ctx context.Context, files Files) (map[string]Digest, error)
}

// VariablePrefix begins the name of an external that is an environment variable. No path below a folder begins so.
const VariablePrefix = "/$"

// Resumer is implemented by a stage that goes on where an earlier try of the same work was stopped, if that left something
// in the scratch folder to go on from. Resumes says whether a folder, which may not exist, holds such. It is only to
// explain: the stage gets the folder in any case.
type Resumer interface {
	Resumes(scratch string) bool
}

// Readier is implemented by a stage that can tell before anything runs, without its inputs, that it can't work: a script
// of its own, or the program that reads it, is not there. Ready is quick. A run does not begin where it gives an error, but
// for a stage whose result is there.
type Readier interface{ Ready() error }

// Locator is implemented by a stage whose artifact refers to files that stay where they are (a catalogue of photos).
// Source gives the folder its relative paths start from; the engine hands it on as Artifact.Source, on every run, and
// it is in no key and no artifact.
type Locator interface {
	Source(in Inputs) (string, error)
}

// Files digests files outside the store. It remembers digests by size, times and inode, so unchanged files are not
// read again.
type Files interface {
	// File gives the SHA-256 of one file.
	File(ctx context.Context, path string) (Digest, error)
	// Tree gives, sorted by path, every regular file below root (following no links to folders outside) whose
	// slash-separated relative path keep accepts, each with its digest. A file that can't be read has Err set.
	Tree(ctx context.Context, root string, keep func(rel string) bool) ([]File, error)
}

// File is a file outside the store: its Path relative to the root that was walked, with slashes, its Size in bytes, its
// Digest, and Err if it can't be read.
type File = store.File
