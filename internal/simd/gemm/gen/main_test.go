package main

import (
	"testing"

	"fashionpipe/internal/simd/asmgen"
)

// TestGenerated: the files of package gemm are those that this program writes.
func TestGenerated(t *testing.T) { asmgen.Same(t, generate) }
