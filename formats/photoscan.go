package formats

import "fmt"

// unoutlined is a row of photos.parquet without the polygons, which are most of its bytes.
type unoutlined struct {
	Labels
	SHA256 string    `parquet:"sha256"`
	Bytes  int64     `parquet:"bytes"`
	Box    []float32 `parquet:"box,list"`
}

// scanRows is the most rows that ScanPhotos holds at a time: some MB.
const scanRows = 8192

// CountPhotos gives the number of rows of photos.parquet of dir. It reads no row.
func CountPhotos(dir string) (n int, err error) {
	err = readTable[Photo](dir, PhotosFile, "photos", nil, func(t *table) error {
		n = t.Rows
		return nil
	})
	return n, err
}

// ScanPhotos reads photos.parquet of dir part by part, in order, and hands each part to use, so that a catalogue of any
// length takes little memory. Polygons are not read: they are nil. The rows of a part are valid until use returns.
func ScanPhotos(dir string, use func(part []Photo) error) error {
	return scanPhotos(dir, use, func(r *unoutlined) Photo {
		return Photo{Labels: r.Labels, SHA256: r.SHA256, Bytes: r.Bytes, Box: r.Box}
	})
}

// ScanOutlines is ScanPhotos with the polygons, which takes longer.
func ScanOutlines(dir string, use func(part []Photo) error) error {
	return scanPhotos(dir, use, func(p *Photo) Photo { return *p })
}

func scanPhotos[T any](dir string, use func(part []Photo) error, photo func(row *T) Photo) error {
	return readTable[Photo](dir, PhotosFile, "photos", nil, func(t *table) error {
		part := make([]Photo, 0, min(t.Rows, scanRows))
		return eachRow(t, func(i int, r *T) error {
			p := photo(r)
			if err := checkBox(&p); err != nil {
				return fmt.Errorf("row %d: %w", i, err)
			}
			part = append(part, p)
			if len(part) < scanRows && i < t.Rows-1 {
				return nil
			}
			err := use(part)
			part = part[:0]
			return err
		})
	})
}
