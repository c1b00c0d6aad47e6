// Package install fetches PJRT plugins: for NVIDIA GPUs the ones of JAX with NVIDIA's libraries, as Python packages from
// PyPI; for processors the one that go-xla's authors build, from GitHub. They end in the folder where go-xla installs to,
// so that its programs find them as well.
//
// go-xla's own installer is not used: it waits for ever where a network stalls, starts anew what broke off, knows no
// checksum of the plugin for processors, and no other index than pypi.org.
package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"fashionpipe/internal/download"
)

// The servers that are asked, unless the environment names others that answer as they do.
const (
	PyPIVariable   = "PIPE_PYPI"
	GitHubVariable = "PIPE_GITHUB"
	publicPyPI     = "https://pypi.org"
	publicGitHub   = "https://api.github.com"
)

// Targets are what can be installed.
var Targets = []string{"cpu", "cuda12", "cuda13"}

// Installer brings plugins to a folder.
type Installer struct {
	Dir        string // see pjrt.UserFolder
	PyPI       string
	GitHub     string
	CPUVersion string // of the plugin for processors that go-xla was tested with: v0.98.0
	Progress   download.Progress
	Name       func(what string, bytes int64) // is told of each file before it

	client *download.Client
	arch   string // as Go calls it
}

// New gives an installer to a folder; getenv is os.Getenv.
func New(dir string, getenv func(string) string) *Installer {
	or := func(text, other string) string {
		if text == "" {
			return other
		}
		return text
	}
	return &Installer{
		Dir: dir, PyPI: or(getenv(PyPIVariable), publicPyPI), GitHub: or(getenv(GitHubVariable), publicGitHub),
		client: download.New("the server"), arch: runtime.GOARCH,
	}
}

// file is one to fetch.
type file struct {
	name, url string
	download.Content
}

// Install fetches and installs a target, and gives where it is. What was downloaded before it broke off is gone on with.
// Nothing is in its place until all of it is.
func (i *Installer) Install(ctx context.Context, target string) (where string, err error) {
	if runtime.GOOS != "linux" {
		return "", fmt.Errorf("plugins are installed on Linux only, not on %s: see https://github.com/gomlx/go-xla", runtime.GOOS)
	}
	if i.Dir == "" {
		return "", errors.New("there is no home folder to install to: set HOME")
	}
	parts := filepath.Join(i.Dir, ".downloads")
	if err := os.MkdirAll(parts, 0o755); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(i.Dir, ".install.lock"))
	if ok, err := lock.TryLock(); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Path(), err)
	} else if !ok {
		return "", fmt.Errorf("another process installs to %s: wait for it", i.Dir)
	}
	defer func() { _ = lock.Unlock() }()
	if target == "cpu" {
		where, err = i.cpu(ctx, parts)
	} else {
		where, err = i.cuda(ctx, target, parts)
	}
	if err == nil {
		err = os.RemoveAll(parts)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return where, err
}

// fetch downloads files to a folder, each once.
func (i *Installer) fetch(ctx context.Context, files []file, to string) error {
	for _, f := range files {
		path := filepath.Join(to, f.name)
		if st, err := os.Stat(path); err == nil && st.Size() == f.Size {
			continue // it was compared when it got its name
		}
		i.Name(f.name, f.Size)
		if err := i.client.File(ctx, path, f.url, f.Content, i.Progress); err != nil {
			return fmt.Errorf("%s: can't be had from %s: %w: try again, and what was downloaded is gone on with", f.name, host(f.url), err)
		}
	}
	return nil
}

// read asks for a small JSON document.
func (i *Installer) read(ctx context.Context, address, variable string, into any) error {
	err := i.client.Again(ctx, i.Progress.Say, func() (bool, error) {
		a, err := i.client.Ask(ctx, http.MethodGet, address, 0)
		if err != nil {
			return false, err
		}
		defer a.Close()
		if a.StatusCode != http.StatusOK {
			return false, i.client.StatusOf(a)
		}
		const most = 64 << 20
		b, err := io.ReadAll(io.LimitReader(a, most))
		if err != nil {
			return false, err
		}
		if err := json.Unmarshal(b, into); err != nil {
			return false, &download.OwnError{Err: fmt.Errorf("it doesn't answer as it should: %w", err)}
		}
		return false, nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w: check the network; %s names another server", address, err, variable)
	}
	return nil
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}
