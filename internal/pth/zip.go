package pth

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// openZip reads an archive: NAME/data.pkl, and NAME/data/KEY for each storage, none of them compressed.
func openZip(r io.ReaderAt, size int64) (*File, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a whole zip archive: %w", err)
	}
	entries := map[string]*zip.File{}
	pickled := ""
	for _, e := range z.File {
		if entries[e.Name] != nil {
			return nil, fmt.Errorf("the archive has %q twice", e.Name)
		}
		entries[e.Name] = e
		if path.Base(e.Name) == "data.pkl" && (pickled == "" || len(e.Name) < len(pickled)) {
			pickled = e.Name
		}
	}
	switch folder := strings.TrimSuffix(pickled, "data.pkl"); {
	case pickled == "":
		return nil, errors.New("a zip archive without data.pkl: torch.save didn't write it")
	case entries[folder+"constants.pkl"] != nil:
		return nil, errors.New("a TorchScript program, not weights: in Python torch.save(torch.jit.load(FILE).state_dict(), \"weights.pth\")")
	default:
		return readZip(entries, folder, size)
	}
}

func readZip(entries map[string]*zip.File, folder string, size int64) (*File, error) {
	if e := entries[folder+"byteorder"]; e != nil {
		order, err := readEntry(e, size)
		if err != nil || string(order) != "little" {
			return nil, errors.Join(fmt.Errorf("numbers in byte order %q can't be read here", order), err)
		}
	}
	e := entries[folder+"data.pkl"]
	if err := checkEntry(e, size); err != nil {
		return nil, err
	}
	in, err := e.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	defer func() { _ = in.Close() }()
	root, err := unpickle(newCursor(in), storages{}.load)
	if err != nil {
		return nil, err
	}
	f := &File{load: func(s *storage) ([]byte, error) {
		e := entries[folder+"data/"+s.key]
		if e == nil {
			return nil, fmt.Errorf("the archive has no storage %q", s.key)
		}
		if want := uint64(s.count * s.size); e.UncompressedSize64 < want {
			return nil, fmt.Errorf("storage %q has %d bytes, and %d numbers of %s take %d", s.key, e.UncompressedSize64, s.count, s.name, want)
		}
		return readEntry(e, size)
	}}
	return f, f.collect(root)
}

// checkEntry says whether an entry is stored as it is, within the file.
func checkEntry(e *zip.File, size int64) error {
	if e.Method != zip.Store || e.CompressedSize64 != e.UncompressedSize64 || e.UncompressedSize64 > uint64(size) {
		return fmt.Errorf("%s is compressed, or larger than the file: torch.save didn't write it", e.Name)
	}
	return nil
}

// readEntry reads an entry whole and compares its checksum.
func readEntry(e *zip.File, size int64) ([]byte, error) {
	if err := checkEntry(e, size); err != nil {
		return nil, err
	}
	in, err := e.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	defer func() { _ = in.Close() }()
	raw := make([]byte, e.UncompressedSize64)
	if _, err := io.ReadFull(in, raw); err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	if _, err := in.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // the checksum is compared at the end
		return nil, fmt.Errorf("%s is damaged: %w", e.Name, err)
	}
	return raw, nil
}
