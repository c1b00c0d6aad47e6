package cpu

import (
	"fmt"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// How many goroutines the Go backend's pool gives out to operations (compute v0.1.5, workerspool).
const (
	inline    = 0  // none: an operation does all its work where it is called
	unlimited = -1 // as many as are asked for; a matrix product asks for GOMAXPROCS
)

// OpenGo opens GoMLX's Go backend with its limit on goroutines taken off. With the limit (2·GOMAXPROCS, its
// default) it can deadlock: each operation that runs holds a slot while it waits for further slots to share its own work
// between, and when the slots are all held by such operations none moves.
func OpenGo(config string) (compute.Backend, error) { return openGo(config, unlimited) }

// openGo opens the Go backend with the given limit. The backend's option for this prints to standard output, so the
// pool is set directly; its type is internal there, hence the reflection.
func openGo(config string, parallelism int) (compute.Backend, error) {
	b, err := gobackend.New(config)
	if err != nil {
		return nil, err
	}
	workers := reflect.Indirect(reflect.ValueOf(b)).FieldByName("Workers")
	if !workers.IsValid() {
		return nil, fmt.Errorf("no field Workers in %T: another version of GoMLX's Go backend than this program was made for", b)
	}
	pool, ok := workers.Interface().(interface{ SetMaxParallelism(int) })
	if !ok {
		return nil, fmt.Errorf("no pool of workers in %T: another version of GoMLX's Go backend than this program was made for", b)
	}
	pool.SetMaxParallelism(parallelism)
	return b, nil
}
