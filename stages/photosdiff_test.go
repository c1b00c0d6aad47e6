package stages

import (
	"testing"

	"fashionpipe/formats"
)

func TestDiffPhotos(t *testing.T) {
	row := func(path, sum string) formats.Photo {
		return formats.Photo{Labels: formats.Labels{ID: path, Path: path}, SHA256: sum}
	}
	catalogue := func(rows []formats.Photo, rejects ...formats.Reject) string {
		dir := t.TempDir()
		if err := formats.WritePhotos(dir, rows, rejects); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	old := catalogue([]formats.Photo{row("a.jpg", "1"), row("b.jpg", "2"), row("c.jpg", "3")}, formats.Reject{Path: "x.jpg", Reason: "broken"})
	for want, now := range map[string]string{
		"": old,
		"2 added, 1 removed, 1 changed": catalogue([]formats.Photo{row("a.jpg", "1"), row("b.jpg", "9"), row("d.jpg", "4"), row("e.jpg", "5")},
			formats.Reject{Path: "x.jpg", Reason: "broken"}),
		"1 removed": catalogue([]formats.Photo{row("a.jpg", "1"), row("b.jpg", "2"), row("c.jpg", "3")}),
	} {
		if got, err := diffPhotos(old, now); err != nil || got != want {
			t.Errorf("%q, %v, wanted %q", got, err, want)
		}
	}
	if _, err := diffPhotos(old, t.TempDir()); err == nil {
		t.Error("compared with nothing")
	}
}
