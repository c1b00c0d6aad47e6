package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"fashionpipe/formats"
)

const checkpointFile = "checkpoint.gob"

// checkpoint is all that training needs to go on as if it had not stopped.
type checkpoint struct {
	Config  TrainConfig
	Images  int         // rows of the image table
	Step    int         // done
	Losses  [][]float64 // of each batch that the step under way has had
	State   []namedTensor
	Best    []namedTensor // the encoder at the best epoch, where training has patience
	History []formats.HistoryRow
}

type namedTensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// named lists arrays by name.
func named(arrays map[string]tensor) []namedTensor {
	all := make([]namedTensor, 0, len(arrays))
	for _, n := range slices.Sorted(maps.Keys(arrays)) {
		all = append(all, namedTensor{n, arrays[n].shape, arrays[n].data})
	}
	return all
}

// errDamaged marks a checkpoint that can't be used; training starts over.
var errDamaged = errors.New("damaged")

// write puts the checkpoint into a folder so that either the old or the new one is there, whole, whenever the
// process dies: temporary file, fsync, rename, fsync of the folder. The SHA-256 of the content comes first.
func (c *checkpoint) write(dir string) (err error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(c); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	f, err := os.CreateTemp(dir, checkpointFile+".*")
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write checkpoint: %w", err)
		}
	}()
	sum := sha256.Sum256(body.Bytes())
	if _, err := f.Write(sum[:]); err != nil {
		return err
	}
	if _, err := f.Write(body.Bytes()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, checkpointFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// HasCheckpoint says whether a training left a checkpoint in a folder; it may still turn out to be damaged.
func HasCheckpoint(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, checkpointFile))
	return err == nil
}

// readCheckpoint reads the checkpoint of a folder: nil if there is none, errDamaged if it can't be used.
func readCheckpoint(dir string) (*checkpoint, error) {
	b, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(b) < sha256.Size || sha256.Sum256(b[sha256.Size:]) != [sha256.Size]byte(b[:sha256.Size]) {
		return nil, fmt.Errorf("checkpoint in %s: %w", dir, errDamaged)
	}
	c := &checkpoint{}
	if err := gob.NewDecoder(bytes.NewReader(b[sha256.Size:])).Decode(c); err != nil {
		return nil, fmt.Errorf("checkpoint in %s: %w (%w)", dir, errDamaged, err)
	}
	return c, nil
}
