package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// TestHelpFits: the help of every command fits 80 columns, and says what its flags do.
func TestHelpFits(t *testing.T) {
	seen := 0
	var look func(c *cobra.Command)
	look = func(c *cobra.Command) {
		var b strings.Builder
		c.SetOut(&b)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 {
				t.Errorf("%s: %s", c.CommandPath(), line)
			}
		}
		if !strings.HasPrefix(b.String(), c.Short) && c.Long == "" || !strings.Contains(b.String(), "--store string") {
			t.Errorf("%s says\n%s", c.CommandPath(), b.String())
		}
		seen++
		for _, sub := range c.Commands() {
			look(sub)
		}
	}
	look(newRoot(newSettings()))
	if seen < 20 {
		t.Errorf("%d commands", seen)
	}
}
