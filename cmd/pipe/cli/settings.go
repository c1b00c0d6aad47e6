package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"fashionpipe/internal/devices"
	"fashionpipe/internal/machine"
	"fashionpipe/internal/simd"
)

// settings are the tool's own: flag > PIPE_… variable > config file > default. They are in no key.
type settings struct {
	v    *viper.Viper
	file string // --config

	Store   string // folder of the store
	Backend string // auto, cpu, go, xla, xla:cuda, xla:cpu, xla:/path/plugin.so
	Jobs    int    // stages side by side; 0 for auto, see jobs
	Log     string // text or json
	GPUs    int    // that stages share
	Memory  int64  // bytes that stages share; 0: not known
	Locks   string // folder where the runs of this machine share GPUs; "": they don't
}

var settingNames = []string{"store", "backend", "jobs", "log", "gpus", "memory", "locks"}

func newSettings() *settings { return &settings{v: viper.New()} }

func (s *settings) define(root *cobra.Command) {
	f := root.PersistentFlags()
	f.String("store", ".pipe", "folder of the store, where results are kept")
	f.String("backend", "auto", "numeric backend: auto, cpu, go, xla, xla:cuda, xla:cpu, xla:/path/plugin.so")
	f.String("jobs", "auto", "number of stages to run in parallel, or auto: 2, or on GPUs one more than their number")
	f.String("log", "text", "output format: text or json")
	f.String("gpus", "auto", "number of GPUs that the stages share, or auto: all of this machine")
	f.String("memory", "auto", "memory that the stages share, such as 16GB, or auto: all of this machine")
	f.String("locks", "auto", "folder of the locks by which the runs on this machine share GPUs, none, or auto: "+devices.DefaultDir())
	f.StringVar(&s.file, "config", "", "settings file (default .pipe.yaml here, then "+userConfig()+")")
	for _, name := range settingNames {
		if err := s.v.BindPFlag(name, f.Lookup(name)); err != nil {
			panic(err) // only for a flag that is not there
		}
	}
	s.v.SetEnvPrefix("pipe")
	for _, name := range settingNames {
		if err := s.v.BindEnv(name); err != nil {
			panic(err) // only without a name
		}
	}
}

// userConfig is where the settings of a user lie, "" where the system has no such place.
func userConfig() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "pipe", "config.yaml")
}

func (s *settings) read() error {
	if err := s.readFile(); err != nil {
		return err
	}
	s.Store, s.Backend, s.Log = s.v.GetString("store"), s.v.GetString("backend"), s.v.GetString("log")
	switch {
	case s.Store == "":
		return errors.New("store: name a folder, such as .pipe")
	case s.Log != "text" && s.Log != "json":
		return fmt.Errorf("log: must be text or json, not %q", s.Log)
	}
	return errors.Join(s.readMachine(), simd.Check())
}

// jobs is how many stages run side by side. Where the backend computes on GPUs, auto leaves each of them one, and one more for
// what computes on the processor.
func (s *settings) jobs(onGPU bool) int {
	switch few := min(2, runtime.NumCPU()); {
	case s.Jobs > 0:
		return s.Jobs
	case onGPU:
		return max(few, s.GPUs+1)
	default:
		return few
	}
}

// readMachine reads what stages share, or looks at what this machine has.
func (s *settings) readMachine() error {
	switch jobs := s.v.GetString("jobs"); jobs {
	case "auto", "":
		s.Jobs = 0
	default:
		n, err := strconv.Atoi(jobs)
		if err != nil || n < 1 {
			return fmt.Errorf("jobs: must be auto, or a whole number of at least 1, not %q", jobs)
		}
		s.Jobs = n
	}
	switch gpus := s.v.GetString("gpus"); gpus {
	case "auto", "":
		s.GPUs = len(machine.GPUs())
	default:
		n, err := strconv.Atoi(gpus)
		if err != nil || n < 0 || n > 1024 {
			return fmt.Errorf("gpus: must be auto, or a number from 0 to 1024, not %q", gpus)
		}
		s.GPUs = n
	}
	switch s.Locks = s.v.GetString("locks"); s.Locks {
	case "auto", "":
		s.Locks = devices.DefaultDir()
	case "none":
		s.Locks = ""
	default:
		if !filepath.IsAbs(s.Locks) {
			return fmt.Errorf("locks: must be auto, none, or a folder such as %s (all of its path), not %q", devices.DefaultDir(), s.Locks)
		}
	}
	switch text := s.v.GetString("memory"); text {
	case "auto", "":
		s.Memory = machine.Memory()
	default:
		n, ok := machine.ParseBytes(text)
		if !ok {
			return fmt.Errorf("memory: must be auto, or an amount such as 16GB, not %q", text)
		}
		s.Memory = n
	}
	return nil
}

// readFile reads the first settings file there is. A named one must exist.
func (s *settings) readFile() error {
	files := []string{".pipe.yaml", userConfig()}
	if s.file != "" {
		files = []string{s.file}
	}
	for _, f := range files {
		if f == "" {
			continue
		}
		s.v.SetConfigFile(f)
		err := s.v.ReadInConfig()
		if errors.Is(err, fs.ErrNotExist) && s.file == "" {
			continue
		}
		if err != nil {
			return fmt.Errorf("settings file %s: %w", f, err)
		}
		return s.onlyKnown(f)
	}
	return nil
}

func (s *settings) onlyKnown(file string) error {
	for _, k := range s.v.AllKeys() {
		if !slices.Contains(settingNames, k) {
			return fmt.Errorf("settings file %s: no setting is called %q%s", file, k, instead(k, settingNames))
		}
	}
	return nil
}
