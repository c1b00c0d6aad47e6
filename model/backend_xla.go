//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
)

// haveXLA says whether this program can load PJRT plugins.
const haveXLA = true

// openXLA loads a plugin. The package would download plugins when asked for one by name; it is told not to, and gets
// an absolute path.
func openXLA(plugin string) (compute.Backend, error) {
	xla.EnableAutoInstall(false)
	return xla.New(plugin)
}
