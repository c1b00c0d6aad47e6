package download

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFile: what an earlier try left is gone on with; of other content, it starts over, and what is wrong at last is not
// taken. More is in the tests of hub and install.
func TestFile(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	var ranges []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}))
	defer s.Close()
	sum := sha256.Sum256(content)
	right := Content{hex.EncodeToString(sum[:]), int64(len(content))}
	wrong := Content{hex.EncodeToString(make([]byte, sha256.Size)), right.Size}
	for name, tt := range map[string]struct {
		had    string
		want   Content
		ranges []string
		err    error
	}{
		"new":         {"", right, []string{""}, nil},
		"part":        {string(content[:400]), right, []string{"bytes=400-"}, nil},
		"whole":       {string(content), right, nil, nil},
		"other":       {"other", right, []string{"bytes=5-", ""}, nil},
		"too long":    {string(content) + "more", right, []string{""}, nil},
		"wrong":       {"", wrong, []string{""}, ErrOther},
		"wrong again": {"other", wrong, []string{"bytes=5-", ""}, ErrOther},
	} {
		ranges = nil
		path := filepath.Join(t.TempDir(), "file")
		if tt.had != "" {
			if err := os.WriteFile(path+".incomplete", []byte(tt.had), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		added := int64(0)
		p := Progress{Start: func(int64) { added = 0 }, Add: func(n int64) { added += n }, Say: func(string) {}}
		err := New("the server").File(t.Context(), path, s.URL, tt.want, p)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v", name, err)
		}
		if len(ranges) != len(tt.ranges) {
			t.Errorf("%s: asked for %q, not %q", name, ranges, tt.ranges)
		}
		if added != right.Size {
			t.Errorf("%s: told of %d of %d bytes", name, added, right.Size)
		}
		got, err := os.ReadFile(path)
		if tt.err == nil && (err != nil || !bytes.Equal(got, content)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if _, err2 := os.Stat(path + ".incomplete"); err2 == nil || tt.err != nil && err == nil {
			t.Errorf("%s: something is left", name)
		}
	}
}
