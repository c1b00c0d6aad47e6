//go:build !(cgo && ((linux && (amd64 || arm64)) || (darwin && arm64)))

package model

import (
	"errors"

	"github.com/gomlx/compute"

	"fashionpipe/internal/pjrt"
)

// haveXLA says whether this program can load PJRT plugins.
const haveXLA = false

func rounding(b compute.Backend) compute.Backend { return b }

func forPrograms(b compute.Backend) compute.Backend { return b }

func cpuPlugin() string { return "" }

var errNoXLA = errors.New("this program was built without XLA")

func openXLA(pjrt.Plugin) (compute.Backend, error) { return nil, errNoXLA }

func loadXLA(pjrt.Plugin) error { return errNoXLA }
