package gpu

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answerWithin is how long nvidia-smi may take: it hangs where the driver does, and takes a second for each GPU where the
// driver sets them up anew for everyone who asks, not being told to persist.
const answerWithin = 10 * time.Second

// List asks nvidia-smi for the machine's GPUs, once a process: free memory is that of the first time. Where that
// doesn't answer, the names are those in /proc, without memory, and the error says why; no GPU at all is no error.
var List = sync.OnceValues(func() ([]GPU, error) {
	all, err := Ask(context.Background())
	if err != nil {
		return proc(procFolder), err
	}
	return all, nil
})

const fields = "index,name,uuid,driver_version,memory.total,memory.free,mig.mode.current"

// Ask asks nvidia-smi anew. None is no error where this machine has no NVIDIA driver.
func Ask(ctx context.Context) ([]GPU, error) {
	if _, err := exec.LookPath("nvidia-smi"); err != nil {
		if !Driver() {
			return nil, nil
		}
		return nil, errors.New("there is no nvidia-smi on the PATH: install the driver's utilities, or mount them into the container")
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, "nvidia-smi", "--query-gpu="+fields, "--format=csv,noheader,nounits")
	cmd.WaitDelay = answerWithin / 10 // a child of it may keep the pipe
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("nvidia-smi has not answered for %v", answerWithin)
	}
	if err != nil {
		// It tells what is wrong on its output: "No devices were found", "Failed to initialize NVML: …".
		if text, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n"); text != "" {
			return nil, fmt.Errorf("nvidia-smi says: %s", text)
		}
		return nil, fmt.Errorf("nvidia-smi: %w", err)
	}
	return Parse(string(out))
}

// Parse reads what nvidia-smi prints for the fields that List asks for, a line per GPU. Memory is in MiB.
func Parse(text string) ([]GPU, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace, r.LazyQuotes = true, true
	r.FieldsPerRecord = strings.Count(fields, ",") + 1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("nvidia-smi: %w", err)
	}
	var all []GPU
	for _, row := range rows {
		g := GPU{Name: strings.TrimSpace(row[1]), UUID: row[2], Driver: row[3], MIG: row[6] == "Enabled"}
		if g.Index, err = strconv.Atoi(row[0]); err != nil || g.Name == "" {
			return nil, fmt.Errorf("nvidia-smi: no GPU: %q", row)
		}
		total, errTotal := mebibytes(row[4])
		free, errFree := mebibytes(row[5])
		if errTotal == nil && errFree == nil { // "[N/A]" where memory is the machine's own
			g.Total, g.Free = total, min(free, total)
		}
		all = append(all, g)
	}
	return all, nil
}

func mebibytes(text string) (int64, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 40)
	return int64(n) << 20, err
}
