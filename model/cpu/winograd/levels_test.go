package winograd

import (
	"os"
	"os/exec"
	"testing"

	"fashionpipe/internal/simd"
)

// The convolutions themselves at the levels below the active one: each in a process of its own, as gemm's level is chosen at the start.
func TestLevels(t *testing.T) {
	if os.Getenv(simd.Variable) != "" {
		t.Skip(simd.Variable + " asks for one level")
	}
	for l := simd.None; l < simd.Best(); l++ {
		t.Run(l.String(), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^Test(Forward|Workers|WeightGrad|WeightGradWorkers)$")
			cmd.Env = append(os.Environ(), simd.Variable+"="+l.String())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
