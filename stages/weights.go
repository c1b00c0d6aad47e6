package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/internal/hub"
)

// weightsDoc is what the kinds that take weights say of them.
const weightsDoc = `weights is a file, or one on the Hugging Face hub, hf:org/name[@revision][/file]: safetensors, or a file
written by torch.save (.pth, .pt, .bin), of which no code is executed. Parameters are named as in torchvision or timm,
with any prefix (module., backbone., a checkpoint's state_dict.). A file of the hub is downloaded once, at the start
of the run, into the cache that Python's huggingface_hub uses; see docs/weights.md. The key holds the file's content,
not its name.`

// weights is the parameter of kinds that take a network's weights: "", random, a path, or hf:org/name[@revision][/file].
type weights string

const randomWeights = "random"

// given says whether there is a file.
func (w weights) given() bool { return w != "" && w != randomWeights }

func (w weights) onHub() bool { return strings.HasPrefix(string(w), hub.Scheme) }

// validate checks the name of a file on the hub.
func (w weights) validate() error {
	if !w.onHub() {
		return nil
	}
	if _, err := hub.Parse(string(w)); err != nil {
		return &dag.ParamError{Param: "weights", Msg: err.Error()}
	}
	return nil
}

// file gives the path of the file.
func (w weights) file() (string, error) {
	if !w.onHub() {
		return filepath.Clean(string(w)), nil
	}
	r, err := hub.Parse(string(w))
	if err != nil {
		return "", err
	}
	found, err := hub.New(os.Getenv).Find(r)
	return found.File, err
}

// ready says that a file of this machine is not there. One of the hub is asked for at the start of a run, see missing.
func (w weights) ready() error {
	if !w.given() || w.onHub() {
		return nil
	}
	path, err := filepath.Abs(string(w))
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("weights: there is no file %s in %s: give the path of a file of weights, or hf:org/name", filepath.Base(path), filepath.Dir(path))
	}
	return nil
}

// externals gives the digest of the file.
func (w weights) externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	if !w.given() {
		return nil, nil
	}
	path, err := w.file()
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	d, err := files.File(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w: give the path of a file of weights, or hf:org/name", err)
	}
	return map[string]dag.Digest{"weights": d}, nil
}

// missing names the file if it is on the hub and not in the cache.
func (w weights) missing() (string, error) {
	if !w.onHub() {
		return "", nil
	}
	r, err := hub.Parse(string(w))
	if err != nil {
		return "", err
	}
	h := hub.New(os.Getenv)
	if err := h.Need(r); err != nil {
		return "", fmt.Errorf("weights: %w", err)
	}
	if _, err := h.Find(r); err == nil {
		return "", nil
	}
	return r.String(), nil
}

// fetch downloads the file, and says which commit it is of.
func (w weights) fetch(ctx context.Context, report dag.Reporter) error {
	r, err := hub.Parse(string(w))
	if err != nil {
		return err
	}
	var bytes int64 // not yet counted
	found, err := hub.New(os.Getenv).Fetch(ctx, r, hub.Progress{
		Start: func(n int64) { bytes = 0; report.Start(int(n/kilo), "kB") },
		Add: func(n int64) {
			bytes += n
			report.Add(int(bytes / kilo))
			bytes %= kilo
		},
		Say: report.Say,
	})
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	text := fmt.Sprintf("%s: %s of commit %s is in %s", r, found.Path, found.Commit, found.File)
	if !r.Pinned() {
		pinned := r
		pinned.Revision = found.Commit
		text += fmt.Sprintf("; to mean this one for ever, write %s", pinned)
	}
	report.Say(text)
	return nil
}

const kilo = 1000
