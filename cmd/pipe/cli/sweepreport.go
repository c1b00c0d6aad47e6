package cli

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/report"
	"fashionpipe/internal/sweep"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// writeSweepReport draws the page of a sweep.
func writeSweepReport(ctx context.Context, path string, e *pipelines.Experiment, sum *dag.Summary, t *sweep.Table) (err error) {
	all := sweepMembers(e, sum)
	in := report.SweepInput{Title: e.Name, Table: t, Links: variantPages(filepath.Dir(path), e, all), Seed: e.Seed, Counts: countText(sum),
		Run: report.Run{ID: sum.RunID, Version: version, Started: time.Now().Add(-sum.Took), Took: sum.Took, Experiment: string(e.Resolved)}}
	for _, c := range galleryChoice(t, all) {
		photos, images, openErr := c.open()
		if openErr != nil {
			return errors.Join(openErr, err)
		}
		defer func() { err = errors.Join(err, images.Close()) }()
		in.Photos = append(in.Photos, photos)
	}
	var b bytes.Buffer
	if err := report.WriteSweep(ctx, &b, in); err != nil {
		return err
	}
	return replace(path, b.Bytes())
}

// variantPages finds the report of each variant, relative to the folder of results.
func variantPages(dir string, e *pipelines.Experiment, all [][]member) map[string]string {
	pages := map[string]string{}
	for i, ms := range all {
		name := e.Sweep.Variants[i].Name
		for _, m := range ms {
			if m.node.Out() != stages.Report {
				continue
			}
			for _, file := range []string{"report.html", m.base + ".html"} {
				if _, err := os.Stat(filepath.Join(dir, variantsDir, name, file)); err == nil && pages[name] == "" {
					pages[name] = strings.Join([]string{variantsDir, url.PathEscape(name), file}, "/")
				}
			}
		}
	}
	return pages
}

// candidate is a variant that can be shown in the galleries.
type candidate struct {
	name, place string
	list        member // its list of neighbours
	images      member // the photos that are in it
	run         *sweep.Run
	stages      []member // of the variant
}

// galleryChoice picks the best, the median and the worst variant of those that have neighbours and images, all with one
// seed: the first that the best has them with; and the baseline, where these share its neighbours.
func galleryChoice(t *sweep.Table, all [][]member) []candidate {
	places := map[*sweep.Run]int{}
	for i, r := range t.Runs {
		places[r] = i
	}
	var seeds []string               // of the best row, as far as it has photos
	with := map[string][]candidate{} // seed → the variants that have photos with it, best first
	for i, r := range t.Rows {
		if t.Main < 0 || math.IsNaN(r.Cells[t.Main].Mean) {
			continue
		}
		for _, run := range r.Runs {
			c := photosOf(run, all[places[run]], "ours")
			if c.name == "" {
				continue
			}
			if seed := t.Seed(run); i == 0 || len(with[seed]) > 0 {
				with[seed] = append(with[seed], c)
				if i == 0 {
					seeds = append(seeds, seed)
				}
			}
		}
	}
	if len(seeds) == 0 {
		return nil
	}
	chosen := spread(with[seeds[0]])
	return append(chosen, baselineOf(t, chosen)...)
}

// baselineOf finds the one list of neighbours that the scores of all candidates call the baseline's.
func baselineOf(t *sweep.Table, all []candidate) []candidate {
	var found []candidate
	for _, c := range all {
		b := photosOf(c.run, c.stages, "baseline")
		if b.name == "" || len(found) > 0 && b.list.result.Artifact.Digest != found[0].list.result.Artifact.Digest {
			return nil
		}
		found = []candidate{b}
	}
	if len(found) > 0 {
		found[0].place, found[0].name = "baseline", "baseline"
		if t.Baseline != nil {
			found[0].name = t.Baseline.Model
		}
	}
	return found
}

// spread takes the first, the middle and the last.
func spread(have []candidate) []candidate {
	places := []string{"best", "median", "worst"}
	at := []int{0, (len(have) - 1) / 2, len(have) - 1}
	if len(have) == 2 {
		places, at = []string{"best", "second"}, []int{0, 1}
	}
	var out []candidate
	for k, i := range at {
		if k > 0 && i == at[k-1] {
			continue
		}
		c := have[i]
		c.place = places[k]
		out = append(out, c)
	}
	return out
}

// photosOf finds a variant's list of neighbours, of the embeddings that its scores call ours or the baseline's, and the images that
// they were made from. Of ours, any list will do where that has none.
func photosOf(run *sweep.Run, ms []member, role string) candidate {
	of := ""
	for _, m := range run.Metrics {
		for _, model := range m.Models {
			if model.Role == role && of == "" {
				of = model.Embeddings
			}
		}
	}
	var found candidate
	for _, m := range ms {
		if m.node.Out() != stages.Neighbours || len(m.node.In["gallery"]) > 0 || m.result == nil || m.result.Artifact.Dir == "" {
			continue
		}
		images, ok := imagesOf(m, ms)
		if !ok {
			continue
		}
		right := slices.ContainsFunc(run.Lists, func(l sweep.List) bool { return l.Dir == m.result.Artifact.Dir && l.Embeddings == of })
		if found.name == "" && role == "ours" || right {
			found = candidate{name: run.Name, list: m, images: images, run: run, stages: ms}
		}
		if right {
			break
		}
	}
	return found
}

// imagesOf goes back from a stage to the nearest image table that it was made from.
func imagesOf(m member, ms []member) (member, bool) {
	level := []member{m}
	for len(level) > 0 {
		var before []member
		for _, x := range level {
			for _, from := range x.node.Inputs() {
				i := slices.IndexFunc(ms, func(o member) bool { return o.node.Name == from })
				if i >= 0 && ms[i].node.Out() == stages.Images && ms[i].result != nil && ms[i].result.Artifact.Dir != "" {
					return ms[i], true
				}
				if i >= 0 && ms[i].node.Out() != stages.Encoder { // that was trained on other photos
					before = append(before, ms[i])
				}
			}
		}
		level = before
	}
	return member{}, false
}

// open reads the photos of a variant; the images must be closed once the page is drawn.
func (c candidate) open() (report.SweepPhotos, *formats.Images, error) {
	n, err := formats.ReadNeighbours(c.list.result.Artifact.Dir)
	if err != nil {
		return report.SweepPhotos{}, nil, err
	}
	images, err := formats.OpenImages(c.images.result.Artifact.Dir)
	if err != nil {
		return report.SweepPhotos{}, nil, err
	}
	return report.SweepPhotos{Name: c.name, Place: c.place, Images: images, Neighbours: n}, images, nil
}
