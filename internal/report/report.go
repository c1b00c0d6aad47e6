package report

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"fashionpipe/formats"
)

//go:embed templates/*.tmpl style/*.css script/*.js sweep/style/*.css sweep/script/*.js
var files embed.FS

// page is what the templates see.
type page struct {
	Title      string // "" where Embed puts it into TitleSlot and HeadSlot
	TitleSlot  template.HTML
	HeadSlot   template.HTML
	Style      template.CSS
	Script     template.JS
	Models     []model
	Random     bool // a baseline has random weights
	Tiles      []tile
	Drift      *driftView
	People     *people
	Confidence string // "95 %"; "" where there are no intervals
	Resamples  string
	Several    string // differences on the page, where there are several and they have intervals
	OneIn      int    // of several equal ones, about one in so many is marked
	Retrieval  []scoreTable
	Background []scoreTable
	Shops      []shopView
	Clustering *clusterTable
	Training   *training
	Galleries  *galleries
	Montages   []montage
	Atlas      *atlas
	Inputs     *inputs
	Rejects    *rejects
	Slot       template.HTML // where Embed puts the run
	NavSlot    template.HTML
}

// builder holds what the sections share while the page is made.
type builder struct {
	ctx     context.Context // of the one Write this builder lives for
	in      Input
	o       Options
	cast    *cast
	album                  // of the image table
	gallery album          // of the image table of the neighbours' gallery
	colors  map[string]int // category → its number, the same everywhere on the page
}

// Write draws the report of in as one HTML page. Equal arguments give equal bytes.
func Write(ctx context.Context, w io.Writer, in Input, o Options) error {
	if in.Images == nil {
		return fmt.Errorf("report: there is no image table to draw from")
	}
	b := newBuilder(ctx, in, o)
	p, err := b.page()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var out bytes.Buffer
	if err := templates().ExecuteTemplate(&out, "page.tmpl", p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

func newBuilder(ctx context.Context, in Input, o Options) *builder {
	b := &builder{ctx: ctx, in: in, o: o, cast: newCast(in), album: newAlbum(ctx, in.Images), colors: map[string]int{}}
	if in.Gallery != nil {
		b.gallery = newAlbum(ctx, in.Gallery)
	}
	counts := map[string]int{}
	for i := range in.Images.Len() {
		l := in.Images.Labels(i)
		if l.Category != "" {
			counts[l.Category]++
		}
	}
	for i, n := range byCount(counts) {
		b.colors[n] = i
	}
	return b
}

func (b *builder) page() (*page, error) {
	p := &page{Title: b.o.Title, Models: b.cast.list(), Tiles: newTiles(b.in, b.cast), Slot: slot, NavSlot: navSlot,
		Retrieval: newRetrieval(b.in.Scores, b.cast), Clustering: newClustering(b.in.Scores, b.cast),
		People: newPeople(b.in.Judgements), Background: newBackground(b.in.Scores, b.cast), Shops: newShops(b.in.Shops),
		Training: newTraining(b.in.Encoder), Rejects: newRejects(b.in, b.o.Rejects)}
	if p.Title == "" {
		p.TitleSlot, p.HeadSlot = titleSlots(p.Models)
	}
	if m, ok := b.cast.role(baseline); ok {
		p.Random = m.Random
	}
	for _, s := range append([]*formats.Metrics{b.in.Scores}, b.in.Shops...) {
		if s != nil && s.Resamples > 0 {
			p.Confidence, p.Resamples = wholePercent(s.Confidence), count(s.Resamples)
			p.countDifferences(s.Confidence)
			break
		}
	}
	p.Style = template.CSS(bundle("style"))
	p.Script = template.JS(bundle("script"))
	var err error
	if p.Drift, err = newDrift(b); err != nil {
		return nil, err
	}
	if p.Galleries, err = newGalleries(b); err != nil {
		return nil, err
	}
	if p.Montages, err = newMontages(b); err != nil {
		return nil, err
	}
	if p.Atlas, err = newAtlas(b); err != nil {
		return nil, err
	}
	p.Inputs, err = newInputs(b)
	return p, err
}

// countDifferences counts what is judged by an interval, each as if it were the only one.
func (p *page) countDifferences(confidence float64) {
	n := 0
	tables := slices.Concat(p.Retrieval, p.Background)
	for _, s := range p.Shops {
		tables = append(tables, s.Scores)
	}
	for _, t := range tables {
		for _, r := range t.Rows {
			if r.Range != "" {
				n++
			}
		}
	}
	if n > 1 && confidence < 1 {
		p.Several, p.OneIn = count(n), int(math.Round(1/(1-confidence)))
	}
}

// Check says whether a page is a whole report with an empty place for its run.
func Check(page []byte) error {
	if !bytes.HasSuffix(bytes.TrimSpace(page), []byte("</html>")) {
		return errors.New("the report is cut off: it doesn't end with </html>")
	}
	if !bytes.Contains(page, []byte(slot)) || !bytes.Contains(page, []byte(navSlot)) {
		return fmt.Errorf("the report is damaged: %w", ErrNoSlot)
	}
	return nil
}

// bundle joins the files of a folder in the order of their names.
func bundle(dir string) string {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var s strings.Builder
	for _, e := range entries {
		text, err := files.ReadFile(dir + "/" + e.Name())
		if err != nil {
			panic(err)
		}
		s.Write(text)
	}
	return s.String()
}

// templates parses the page's templates; they are part of the program, so a mistake in them is one in it.
func templates() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"percent":  percent,
		"count":    count,
		"duration": duration,
		"plural":   plural,
		"ordinal":  func(i int) int { return i + 1 },
		"shape":    func(n int) int { return (n + n/palette) % 4 },
		"colour":   func(n int) int { return n % palette },
	}).ParseFS(files, "templates/*.tmpl"))
}
