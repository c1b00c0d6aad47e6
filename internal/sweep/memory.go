package sweep

import (
	"encoding/json"
	"os"
)

// Memory has what comparisons of photos gave before: reading the lists again takes seconds where there are many. What a
// comparison depends on is in its key, so nothing in it gets old. It may be deleted at any time.
type Memory struct {
	path      string
	old, used map[string]facts
}

// OpenMemory reads a memory. A file that is missing or damaged is an empty one.
func OpenMemory(path string) *Memory {
	m := &Memory{path: path, used: map[string]facts{}}
	if b, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(b, &m.old) != nil {
			m.old = nil
		}
	}
	return m
}

// Encode is what to write into the file for the next time: what this time needed. nil where there is nothing to write.
func (m *Memory) Encode() ([]byte, error) {
	if len(m.used) == 0 {
		return nil, nil
	}
	return json.Marshal(m.used)
}

func (m *Memory) get(key string) (facts, bool) {
	if m == nil || key == "" {
		return facts{}, false
	}
	f, ok := m.old[key]
	if ok {
		m.used[key] = f
	}
	return f, ok
}

func (m *Memory) put(key string, f facts) {
	if m != nil && key != "" && f.Groups > 1 { // of one group the error is NaN
		m.used[key] = f
	}
}
