package stages

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
)

func TestPinnedEncoder(t *testing.T) {
	tr := trainKind().New().(*train)
	tr.Width, tr.Epochs, tr.Batch = 4, 1, 4
	trained, _ := runOK(t, tr, dag.Inputs{"images": {noiseImages(t, 9, 16)}})
	digest, err := dag.DigestFolder(t.Context(), trained)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "encoder")
	if err := os.Symlink(trained, link); err != nil {
		t.Fatal(err)
	}
	s := encoderKind().New().(*encoder)
	s.Path = link
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "is "+string(digest)) {
		t.Errorf("no digest: %v", err)
	}
	for _, pin := range []dag.Digest{digest, digest[:12]} {
		s.Digest = string(pin)
		out, notes, err := runSource(t, s, nil, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := dag.DigestFolder(t.Context(), out); got != digest {
			t.Errorf("passed on %s of %s", got, digest)
		}
		if !strings.Contains(notes.text("pinned"), "resnet18, mse, 1 epoch, digest "+digest.Short()) {
			t.Errorf("said %q", notes.text("pinned"))
		}
	}
	s.Digest = strings.Repeat("ab", 32)
	_, _, err = runSource(t, s, nil, 0, 1)
	if err == nil || !strings.Contains(err.Error(), "pinned  "+s.Digest) || !strings.Contains(err.Error(), "found   "+string(digest)) {
		t.Errorf("another encoder: %v", err)
	}
	s.Path = t.TempDir()
	if _, _, err = runSource(t, s, nil, 0, 1); err == nil || !strings.Contains(err.Error(), "there is no encoder in "+s.Path) {
		t.Errorf("no encoder: %v", err)
	}
	for path, digest := range map[string]string{"": s.Digest, "x": "", "y": "abc", "z": strings.Repeat("Z", 12)} {
		s.Path, s.Digest = path, digest
		if err := s.Validate(); err == nil {
			t.Errorf("path %q, digest %q pass", path, digest)
		}
	}
}
