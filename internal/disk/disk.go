// Package disk is what the store does to the disk. Its functions are those of package os, as variables: a test makes any
// one of their calls fail (package faulty), to see what a full or a broken disk does. The program never sets them.
package disk

import (
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"
)

// Every change of the disk is one of these.
var (
	Mkdir      = os.Mkdir
	MkdirAll   = os.MkdirAll
	MkdirTemp  = os.MkdirTemp
	CreateTemp = os.CreateTemp
	Rename     = os.Rename
	Remove     = os.Remove
	RemoveAll  = os.RemoveAll
	Chmod      = os.Chmod
	OpenFile   = os.OpenFile // to make a file, or to write to one
	Write      = (*os.File).Write
	Sync       = (*os.File).Sync
	Lock       = (*flock.Flock).Lock // makes the file of the lock
	TryLock    = (*flock.Flock).TryLock
)

// WriteFile is os.WriteFile.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	f, err := OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = Write(f, data)
	return errors.Join(err, f.Close())
}
