package jury

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// journal is one person's file of answers, which only grows.
type journal struct{ f *os.File }

// openJournal opens the file of a person in a folder, and makes it if it is not there. What a cut off writing left is
// taken away.
func openJournal(dir, name string) (*journal, []Answer, error) {
	path := filepath.Join(dir, fileName(name))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	answers, whole, err := Parse(b)
	if err == nil && whole < len(b) {
		err = f.Truncate(int64(whole))
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return &journal{f}, answers, nil
}

// add writes an answer and waits until it is on the disk. After an error nothing of it is in the file.
func (j *journal) add(a Answer) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	before, err := j.f.Stat()
	if err != nil {
		return err
	}
	_, err = j.f.Write(append(line, '\n'))
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		return errors.Join(err, j.f.Truncate(before.Size()))
	}
	return nil
}

// fileName is the name of a person's file: what letters of the name any disk takes, and a few of its digest, so that no two
// people share one.
func fileName(name string) string {
	name = strings.ToLower(name)
	plain := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, name)
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s-%x%s", plain[:min(len(plain), 24)], sum[:4], extension)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
