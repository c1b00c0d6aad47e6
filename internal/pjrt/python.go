package pjrt

import (
	"os"
	"os/exec"
	"path/filepath"
)

// pythonFolders lists where Python's packages lie: of the environment that is active, of the python3 on the PATH, of the
// user and of the system. Python is not run, which would take longer than all the rest.
func pythonFolders() []Folder {
	var prefixes []string
	for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if v := os.Getenv(variable); filepath.IsAbs(v) {
			prefixes = append(prefixes, v)
		}
	}
	if path, err := exec.LookPath("python3"); err == nil {
		// An environment's python3 is a link to the system's, and the system's may be one to /opt: packages may be with either.
		prefixes = append(prefixes, filepath.Dir(filepath.Dir(path)))
		if target, err := filepath.EvalSymlinks(path); err == nil {
			prefixes = append(prefixes, filepath.Dir(filepath.Dir(target)))
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		prefixes = append(prefixes, filepath.Join(home, ".local"))
	}
	prefixes = append(prefixes, "/usr/local", "/usr")
	var folders []Folder
	seen := map[string]bool{}
	for _, prefix := range prefixes {
		for _, pattern := range []string{"lib/python3.*/site-packages", "lib/python3.*/dist-packages", "lib/python3/dist-packages"} {
			found, _ := filepath.Glob(filepath.Join(prefix, pattern)) // fails only for a bad pattern
			for _, path := range found {
				if !seen[path] {
					seen[path] = true
					folders = append(folders, Folder{path, true})
				}
			}
		}
	}
	return folders
}
