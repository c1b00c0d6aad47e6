package pjrt

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
)

// anyFlag is one that XLA has always had.
const anyFlag = "--xla_dump_to"

// HasFlags says whether the plugin's file is where its XLA keeps the list of its flags: of one that is linked to XLA as a library
// of its own, nothing can be told.
func (p Plugin) HasFlags() bool { return p.Knows(anyFlag) }

// Knows says whether the plugin's file has a flag of XLA, such as --xla_dump_to: its name as the C string that the list of flags
// is made of. XLA ends the process it is loaded in over a flag that it doesn't know. The answer is false for a file that can't be
// read, and is remembered. A flag that is there is found in some 10 ms; that one is not there takes 0.1 to 0.3 s for the half
// gigabyte of a CUDA plugin.
func (p Plugin) Knows(flag string) bool {
	known.Lock()
	defer known.Unlock()
	of := [2]string{p.Path, flag}
	answer, asked := known.answers[of]
	if !asked {
		answer = contains(p.Path, []byte(strings.TrimPrefix(flag, "--")+"\x00"))
		known.answers[of] = answer
	}
	return answer
}

var known = struct {
	sync.Mutex
	answers map[[2]string]bool // by path and flag
}{answers: map[[2]string]bool{}}

// contains says whether a file has some bytes. It reads, since a map of a file that is replaced meanwhile ends the process.
func contains(path string, what []byte) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	buf, kept := make([]byte, 1<<20), 0
	for err == nil {
		var n int
		n, err = io.ReadFull(f, buf[kept:])
		all := buf[:kept+n]
		if bytes.Contains(all, what) {
			return true
		}
		kept = copy(buf, all[max(0, len(all)-len(what)+1):]) // it may begin there
	}
	return false
}
