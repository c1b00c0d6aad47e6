package formats

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

func scan(dir string) (photos []Photo, parts int, err error) {
	err = ScanPhotos(dir, func(part []Photo) error {
		photos, parts = append(photos, part...), parts+1
		return nil
	})
	return photos, parts, err
}

func TestScanIsReadWithoutPolygons(t *testing.T) {
	var photos []Photo
	for i := range 2*scanRows + 10 {
		p := samplePhotos()[i%len(samplePhotos())]
		p.ID = fmt.Sprint(i, p.ID)
		photos = append(photos, p)
	}
	for _, n := range []int{0, 1, scanRows, scanRows + 1, len(photos)} {
		dir := t.TempDir()
		if err := WritePhotos(dir, photos[:n], nil); err != nil {
			t.Fatal(err)
		}
		got, parts, err := scan(dir)
		if err != nil {
			t.Fatal(err)
		}
		if want := (n + scanRows - 1) / scanRows; parts != want {
			t.Errorf("%d rows come in %d parts, want %d", n, parts, want)
		}
		want, err := ReadPhotos(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i].Polygons = nil
		}
		same := slices.EqualFunc(got, want, func(a, b Photo) bool { return reflect.DeepEqual(a, b) })
		if c, err := CountPhotos(dir); err != nil || c != n || !same {
			t.Errorf("%d rows: counted %d, %v; the same as ReadPhotos: %v", n, c, err, same)
		}
	}
}

func TestScanEndsWithItsUser(t *testing.T) {
	dir := t.TempDir()
	if err := WritePhotos(dir, samplePhotos(), nil); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	if err := ScanPhotos(dir, func([]Photo) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}
