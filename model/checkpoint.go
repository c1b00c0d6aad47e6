package model

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
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
// process dies: temporary file, fsync, rename, fsync of the folder.
func (c *checkpoint) write(dir string) (err error) {
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
	if err := c.fill(f); err != nil {
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

// fill writes the SHA-256 of what follows, all but the arrays' numbers as a gob, and those as they lie in memory,
// little-endian: a gob of them takes six times as long.
func (c *checkpoint) fill(f *os.File) error {
	sum := sha256.New()
	if _, err := f.Write(make([]byte, sha256.Size)); err != nil {
		return err
	}
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	head := *c
	head.State, head.Best = withoutData(c.State), withoutData(c.Best)
	if err := gob.NewEncoder(w).Encode(head); err != nil {
		return err
	}
	var b []byte
	for _, t := range slices.Concat(c.State, c.Best) {
		b, _ = binary.Append(b[:0], binary.LittleEndian, t.Data) // float32s have a size
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := f.WriteAt(sum.Sum(nil), 0)
	return err
}

func withoutData(all []namedTensor) []namedTensor {
	all = slices.Clone(all)
	for i := range all {
		all[i].Data = nil
	}
	return all
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
	if err := c.read(bytes.NewReader(b[sha256.Size:])); err != nil {
		return nil, fmt.Errorf("checkpoint in %s: %w (%w)", dir, errDamaged, err)
	}
	return c, nil
}

// read is the other way from fill, behind the sum.
func (c *checkpoint) read(r *bytes.Reader) error {
	if err := gob.NewDecoder(r).Decode(c); err != nil {
		return err
	}
	for _, all := range [][]namedTensor{c.State, c.Best} {
		for i := range all {
			n := size(all[i].Shape)
			if n < 0 || 4*n > r.Len() {
				return fmt.Errorf("%s has %d numbers, and %d bytes are left", all[i].Name, n, r.Len())
			}
			all[i].Data = make([]float32, n)
			if err := binary.Read(r, binary.LittleEndian, all[i].Data); err != nil {
				return err
			}
		}
	}
	return nil
}
