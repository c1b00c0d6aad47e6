package install

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// cuda installs JAX's plugin and NVIDIA's libraries side by side, as pip does in its folder of packages: the plugin finds
// the libraries there, and the packages' notes tell their versions.
func (i *Installer) cuda(ctx context.Context, target, parts string) (string, error) {
	var p project
	plugin := "jax-" + target + "-plugin"
	if err := i.read(ctx, i.PyPI+"/pypi/"+plugin+"/json", PyPIVariable, &p); err != nil {
		return "", err
	}
	files, err := i.needed(ctx, p.Info.Requires)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", plugin, p.Info.Version, err)
	}
	if err := i.fetch(ctx, files, parts); err != nil {
		return "", err
	}
	place := filepath.Join(i.Dir, target)
	fresh := place + ".new"
	if err := os.RemoveAll(fresh); err != nil { // of a try that broke off
		return "", err
	}
	for _, f := range files {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if err := unzip(filepath.Join(parts, f.name), fresh); err != nil {
			return "", errors.Join(fmt.Errorf("%s: %w", f.name, err), os.RemoveAll(fresh))
		}
	}
	return place, replace(place, fresh)
}

// replace puts a folder in the place of another, which programs that have it open keep.
func replace(place, fresh string) error {
	old := place + ".old"
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(place, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, place); err != nil {
		return err
	}
	return os.RemoveAll(old)
}

// needed finds the wheels of the plugin and of NVIDIA's libraries among what JAX's package needs.
func (i *Installer) needed(ctx context.Context, requires []string) ([]file, error) {
	var files []file
	plugin := false
	for _, text := range requires {
		r, err := parseRequirement(text)
		if err != nil {
			return nil, err
		}
		isPlugin := strings.HasPrefix(r.name, "jax-cuda") && strings.HasSuffix(r.name, "-pjrt")
		if !isPlugin && !strings.HasPrefix(r.name, "nvidia-") {
			continue
		}
		f, err := i.find(ctx, r)
		if err != nil {
			return nil, err
		}
		plugin = plugin || isPlugin
		files = append(files, f)
	}
	if !plugin {
		return nil, errors.New("the package needs no jax-cuda…-pjrt, in which the plugin should be")
	}
	return files, nil
}

// unzip extracts a wheel into a folder that it may not leave.
func unzip(archive, dir string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("there is a file in it that would be outside of its folder: %q", f.Name)
		}
		if err := unzipFile(f, filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

func unzipFile(f *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	mode := fs.FileMode(0o644)
	if f.Mode()&0o100 != 0 || strings.Contains(f.Name, "/bin/") { // ptxas, which XLA runs
		mode = 0o755
	}
	return write(path, from, mode)
}
