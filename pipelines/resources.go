package pipelines

import (
	"fmt"
	"strconv"
	"strings"

	"fashionpipe/internal/machine"
)

// resources are what a stage wants to itself while it runs; 0 where it doesn't say.
type resources struct {
	cpu    int   // cores
	memory int64 // bytes
	gpu    int
	noGPU  bool // gpu: 0 is said
}

var resourceKeys = []string{"cpu", "memory", "gpu"}

// readResources reads `resources: {cpu: n, memory: 2GB, gpu: n}`.
func (c *checker) readResources(n *node) (r resources) {
	if n.shape != mapping {
		c.failAt(n, "", "`resources` must be a mapping such as {cpu: 2, memory: 2GB, gpu: 1}, not %s", n.describe())
		return r
	}
	for _, p := range n.pairs {
		switch p.key.text {
		case "cpu":
			r.cpu, _ = c.readCount(p, 1, "cores the stage may use")
		case "gpu":
			n, ok := c.readCount(p, 0, "GPUs the stage needs")
			r.gpu, r.noGPU = n, ok && n == 0
		case "memory":
			r.memory = c.readMemory(p.value)
		default:
			c.failAt(p.key, suggest(p.key.text, resourceKeys, "resources"), "unknown resource `%s`", clip(p.key.text))
		}
	}
	return r
}

func (c *checker) readCount(p pair, least uint64, what string) (n int, ok bool) {
	v, ok := c.expand(p.value)
	if !ok {
		return 0, false
	}
	num, ok := v.uint()
	if !ok || num < least || num > 1024 {
		c.failAt(v, "", "`%s` must be the number of %s, %d to 1024, not %s", p.key.text, what, least, v.describe())
		return 0, false
	}
	return int(num), true
}

// readMemory reads an amount of memory such as 2GB, in bytes.
func (c *checker) readMemory(n *node) int64 {
	v, ok := c.expand(n)
	if !ok {
		return 0
	}
	if v.shape == scalar {
		if bytes, ok := machine.ParseBytes(v.text); ok {
			return bytes
		}
	}
	hint := "write a number and its unit, such as 500MB or 2GB"
	if num, ok := v.uint(); ok && num > 0 && num <= 1024 {
		hint = fmt.Sprintf("write %dGB, or %dMB", num, num)
	}
	c.failAt(v, hint, "`memory` must be how much memory the stage needs, such as 2GB, not %s", v.describe())
	return 0
}

// String writes resources as the file would.
func (r resources) String() string {
	var parts []string
	add := func(name, value string) { parts = append(parts, name+": "+value) }
	if r.cpu > 0 {
		add("cpu", strconv.Itoa(r.cpu))
	}
	if r.memory > 0 {
		add("memory", machine.FormatBytes(r.memory))
	}
	if r.gpu > 0 || r.noGPU {
		add("gpu", strconv.Itoa(r.gpu))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
