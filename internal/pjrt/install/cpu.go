package install

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/internal/download"
)

// release is what GitHub knows of one.
type release struct {
	Assets []struct {
		Name   string `json:"name"`
		Size   int64  `json:"size"`
		Digest string `json:"digest"` // sha256:…; none for what was uploaded before 2025
		URL    string `json:"browser_download_url"`
	} `json:"assets"`
}

// cpu installs the plugin for processors.
func (i *Installer) cpu(ctx context.Context, parts string) (string, error) {
	var r release
	if err := i.read(ctx, i.GitHub+"/repos/gomlx/pjrt-cpu-binaries/releases/tags/"+i.CPUVersion, GitHubVariable, &r); err != nil {
		return "", err
	}
	want := "pjrt_cpu_linux_" + i.arch + ".tar.gz"
	for _, a := range r.Assets {
		if a.Name != want {
			continue
		}
		sum, ok := strings.CutPrefix(a.Digest, "sha256:")
		if !ok {
			return "", fmt.Errorf("%s: GitHub tells no checksum of it: download it by hand, if you trust it, and extract it to %s", a.URL, i.Dir)
		}
		f := file{name: i.CPUVersion + "-" + want, url: a.URL, Content: download.Content{Sum: sum, Size: a.Size}}
		if err := i.fetch(ctx, []file{f}, parts); err != nil {
			return "", err
		}
		return extractPlugin(filepath.Join(parts, f.name), i.Dir)
	}
	return "", fmt.Errorf("release %s of gomlx/pjrt-cpu-binaries has no %s: there is no plugin for this machine", i.CPUVersion, want)
}

// extractPlugin takes the plugin out of a tar.gz, and gives its path.
func extractPlugin(archive, dir string) (string, error) {
	f, err := os.Open(archive)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return "", fmt.Errorf("%s: %w", archive, err)
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("%s: there is no plugin in it", archive)
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", archive, err)
		}
		base := filepath.Base(h.Name)
		if h.Typeflag != tar.TypeReg || !strings.HasPrefix(base, "pjrt_c_api_cpu") || !strings.HasSuffix(base, ".so") {
			continue
		}
		path := filepath.Join(dir, base)
		if err := write(path+".new", t, 0o755); err != nil {
			return "", err
		}
		return path, os.Rename(path+".new", path)
	}
}

// write makes a file; none is left where it can't be made whole.
func write(path string, from io.Reader, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}
