package faulty

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Nobody is the user and the group without rights.
const Nobody = 65534

// Spoil makes this process, which a test started for that, one that finds only so much room on the disk as the variable
// TEST_ROOM says (in bytes), or that has no more rights than nobody where TEST_NOBODY is set.
func Spoil() error {
	if room := os.Getenv("TEST_ROOM"); room != "" {
		n, err := strconv.Atoi(room)
		if err != nil {
			return err
		}
		Install(Full(n)) // until the process ends
	}
	if os.Getenv("TEST_NOBODY") == "" {
		return nil
	}
	return errors.Join(syscall.Setgroups(nil), syscall.Setgid(Nobody), syscall.Setuid(Nobody))
}

// AsNobody gives a folder to nobody and says what to add to the environment of a process that calls Spoil, so that the rights
// of files mean something to it. Where this process is not root's they do, and it changes nothing.
func AsNobody(dir string) (env []string, err error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	return []string{"TEST_NOBODY=yes"}, os.Chown(dir, Nobody, Nobody)
}

// ReadOnly takes the right to write away from every folder of a tree, also while a process works in it. back gives it back.
func ReadOnly(dir string) (back func()) {
	set := func(mode fs.FileMode) {
		_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				_ = os.Chmod(p, mode) // it may be gone
			}
			return nil // folders come and go
		})
	}
	set(0o555)
	return func() { set(0o755) }
}
