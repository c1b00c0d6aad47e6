//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
)

// haveXLA says whether this program can load PJRT plugins.
const haveXLA = true

// openXLA loads a plugin. The package would download plugins when asked for one by name; it is told not to, and gets
// an absolute path.
func openXLA(plugin string) (compute.Backend, error) {
	xla.EnableAutoInstall(false)
	options := pjrt.NamedValuesMap{}
	if pjrt.IsCUDAName(plugin) {
		options["memory_fraction"] = float32(xlaShare)
	}
	return xla.NewWithOptions(plugin, options)
}
