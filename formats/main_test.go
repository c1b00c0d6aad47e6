package formats

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws fewer examples than rapid would: each writes and reads files. -rapid.checks=1000 draws more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}
