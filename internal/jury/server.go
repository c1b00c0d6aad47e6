package jury

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

//go:embed web
var web embed.FS

// Server shows a contest to people and keeps their answers in a folder.
type Server struct {
	contest *Contest
	dir     string
	lock    *flock.Flock
	mux     *http.ServeMux

	mu       sync.Mutex // over sessions and what they do
	sessions map[string]*session
}

// NewServer makes the folder of answers if it is not there, and keeps other servers from it until Close.
func NewServer(c *Contest, dir string) (*Server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{contest: c, dir: dir, lock: lock, mux: http.NewServeMux(), sessions: map[string]*session{}}
	for path, file := range map[string]string{"/{$}": "page.html", "/style.css": "style.css", "/script.js": "script.js"} {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, web, "web/"+file)
		})
	}
	s.mux.HandleFunc("GET /image/{row}", s.image)
	s.mux.HandleFunc("POST /next", s.post(func(*session, request) error { return nil }))
	s.mux.HandleFunc("POST /answer", s.post(func(p *session, q request) error { return p.answer(q.Query, q.Choice, q.MS) }))
	s.mux.HandleFunc("POST /undo", s.post(func(p *session, _ request) error { return p.undo() }))
	return s, nil
}

// Close closes the files of answers; every answer is on the disk already.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range s.sessions {
		errs = append(errs, p.journal.f.Close())
	}
	clear(s.sessions)
	return errors.Join(append(errs, s.lock.Close())...)
}

// ServeHTTP answers only to names of this machine: a page of another site whose name is made to lead here (DNS rebinding)
// is refused, and so is a form of such a page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !local(r.Host) {
		http.Error(w, fmt.Sprintf("this page is for this machine only: open it as 127.0.0.1 or localhost, not as %q", r.Host), http.StatusForbidden)
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		http.Error(w, "asked for by a page of another site", http.StatusForbidden)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// local says whether a host of a request is a name of this machine.
func local(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return name == "127.0.0.1" || name == "localhost" || name == "::1"
}

// request is what the page sends.
type request struct {
	Judge  string `json:"judge"`
	Query  string `json:"query"`
	Choice string `json:"choice"`
	MS     int64  `json:"ms"`
}

// post does something for a person and gives the state of things after it.
func (s *Server) post(do func(*session, request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); t != "application/json" { // a form of another site can't send that
			fail(w, http.StatusUnsupportedMediaType, "JSON, please")
			return
		}
		var q request
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		p, err := s.session(q.Judge)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		switch err := do(p, q); {
		case errors.Is(err, errStale): // the page shows what is asked now
		case err != nil:
			fail(w, http.StatusInternalServerError, err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(p.state()) // a page that is gone asks again
	}
}

func fail(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": text}) // a page that is gone asks again
}

// session finds a person's session, or begins it.
func (s *Server) session(name string) (*session, error) {
	name, err := cleanName(name)
	if err != nil {
		return nil, err
	}
	key := strings.ToLower(name)
	if s.sessions[key] == nil {
		p, err := newSession(s.contest, s.dir, name)
		if err != nil {
			return nil, err
		}
		s.sessions[key] = p
	}
	return s.sessions[key], nil
}

// image gives a photo. Its address says only its row in the table.
func (s *Server) image(w http.ResponseWriter, r *http.Request) {
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil || row < 0 || row >= s.contest.images.Len() {
		http.NotFound(w, r)
		return
	}
	side := s.contest.images.Spec().Size
	rgb := s.contest.images.Whole(row)
	im := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		copy(im.Pix[4*i:4*i+3], rgb[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 92}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, _ = io.Copy(w, &b) // a page that is gone asks again
}
