//go:build !linux

package machine

import "errors"

// FileSystemOf says what a folder is on, on Linux.
func FileSystemOf(string) (FileSystem, error) {
	return FileSystem{}, errors.ErrUnsupported
}
