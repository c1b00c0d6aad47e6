package machine

import (
	"os"
	"strings"
)

// Processor names the processor, as the system does; "" where it doesn't.
func Processor() string { return processor("/proc/cpuinfo") }

func processor(cpuinfo string) string {
	b, _ := os.ReadFile(cpuinfo) // not on every system
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "model name", "Model": // the second is of small ARM boards
			return strings.TrimSpace(value)
		}
	}
	return ""
}
