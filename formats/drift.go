package formats

import (
	"errors"
	"fmt"
	"math"
)

// The files of a drift artifact.
const (
	DriftFile    = "drift.json"
	MatchingFile = "matching.parquet"
	MovedFile    = "moved.parquet"
)

// Drift says how a clustering differs from the one before it.
type Drift struct {
	DriftSummary
	Flows []Flow // where photos went, by cluster before and then now; those that both have
	Moves []Move // photos that left their cluster, in the order of the clusters artifact
}

// DriftSummary is drift.json.
type DriftSummary struct {
	Clusters    string `json:"clusters"` // digest of the clusters artifact
	Before      string `json:"before"`   // digest of the one before; "" the first time: there is nothing to compare then
	Label       string `json:"label"`    // how each was made, for people
	LabelBefore string `json:"label_before"`

	Photos       int `json:"photos"` // rows now
	PhotosBefore int `json:"photos_before"`
	Both         int `json:"both"`    // photos that both have
	New          int `json:"new"`     // Photos − Both
	Gone         int `json:"gone"`    // PhotosBefore − Both
	Renamed      int `json:"renamed"` // of Both: known by content under another name
	Changed      int `json:"changed"` // of New: a content that wasn't there, under a name that was
	Moved        int `json:"moved"`   // of Both: rows of moved.parquet

	ARI   *float64 `json:"ari"`   // adjusted Rand index over Both; nil: not measured
	AMI   *float64 `json:"ami"`   // adjusted mutual information over Both
	Noise *float64 `json:"noise"` // ARI of this clustering and another of the same embeddings (from other starts), over the photos now

	MinARI   float64  `json:"min_ari"` // the thresholds of the verdict
	MaxMoved float64  `json:"max_moved"`
	MaxNew   float64  `json:"max_new"`  // as a share of Photos
	MaxGone  float64  `json:"max_gone"` // as a share of PhotosBefore
	Passed   bool     `json:"passed"`
	Reasons  []string `json:"reasons"` // why not, for people

	Old []OldCluster `json:"old"` // by number
	Now []NowCluster `json:"now"`
}

// The fates of a cluster before, and the origins of a cluster now.
const (
	Kept   = "kept"   // it goes on
	Split  = "split"  // a fate: into several; an origin: a part of one that split
	Merged = "merged" // together with others into one
	Died   = "died"
	Born   = "born"
)

// OldCluster is what became of a cluster before.
type OldCluster struct {
	Cluster int    `json:"cluster"`
	Size    int    `json:"size"`
	Both    int    `json:"both"` // of its photos, those that are still there
	Fate    string `json:"fate"` // Kept, Split, Merged or Died
	To      []int  `json:"to"`   // clusters now that it went to
}

// NowCluster is where a cluster came from.
type NowCluster struct {
	Cluster   int    `json:"cluster"`
	Size      int    `json:"size"`
	Both      int    `json:"both"`      // of its photos, those that were there before
	Origin    string `json:"origin"`    // Kept, Split, Merged or Born
	From      []int  `json:"from"`      // clusters before that it came from
	Continues *int   `json:"continues"` // the cluster before that it is matched with; nil: none
	Change    string `json:"change"`    // "grown", "shrunk" or "", against the cluster that it continues
}

// Flow counts the photos of one cluster before that are in one cluster now.
type Flow struct {
	Before  *int32 `parquet:"before,optional"` // nil: in no cluster
	Now     *int32 `parquet:"now,optional"`
	Photos  int64  `parquet:"photos"`
	Matched bool   `parquet:"matched"` // the cluster now continues the cluster before
}

// Move is a photo that is not in the cluster that continues its cluster before.
type Move struct {
	ID       string `parquet:"id"` // as in the clusters artifact
	Path     string `parquet:"path"`
	IDBefore string `parquet:"id_before"` // another where the photo was renamed
	Before   *int32 `parquet:"before,optional"`
	Now      *int32 `parquet:"now,optional"`
	How      string `parquet:"how"` // "split", "merged", "died" (what became of its cluster), or "moved": alone
}

// driftFile is drift.json as it lies on disk.
type driftFile struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	DriftSummary
}

// WriteDrift writes drift.json, matching.parquet and moved.parquet into dir. It is an error if they disagree.
func WriteDrift(dir string, d *Drift) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("%s: %w", DriftFile, err)
	}
	f := driftFile{"drift", 1, d.DriftSummary}
	f.Reasons, f.Old, f.Now = append([]string{}, f.Reasons...), append([]OldCluster{}, f.Old...), append([]NowCluster{}, f.Now...)
	for i := range f.Old {
		f.Old[i].To = append([]int{}, f.Old[i].To...)
	}
	for i := range f.Now {
		f.Now[i].From = append([]int{}, f.Now[i].From...)
	}
	if err := writeJSON(dir, DriftFile, f); err != nil {
		return err
	}
	h, err := newHeader("matching", len(d.Flows), 0, nil)
	if err != nil {
		return err
	}
	if err := writeTable(dir, MatchingFile, h, rowGroup, func(i int) Flow { return d.Flows[i] }); err != nil {
		return err
	}
	if h, err = newHeader("moved", len(d.Moves), 0, nil); err != nil {
		return err
	}
	return writeTable(dir, MovedFile, h, rowGroup, func(i int) Move { return d.Moves[i] })
}

// check says whether the counts fit together.
func (d *Drift) check() error {
	photos := int64(0)
	for _, f := range d.Flows {
		photos += f.Photos
	}
	switch {
	case d.New != d.Photos-d.Both || d.Gone != d.PhotosBefore-d.Both || d.Both < 0 || d.New < 0 || d.Gone < 0:
		return fmt.Errorf("%d photos now, %d before, %d in both can't leave %d new and %d gone", d.Photos, d.PhotosBefore, d.Both, d.New, d.Gone)
	case photos != int64(d.Both) || len(d.Moves) != d.Moved:
		return fmt.Errorf("%d photos in both and %d moved, and the tables have %d and %d", d.Both, d.Moved, photos, len(d.Moves))
	case d.Passed != (len(d.Reasons) == 0):
		return errors.New("a verdict without a reason, or the other way round")
	}
	for _, x := range []*float64{d.ARI, d.AMI, d.Noise} {
		if x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)) {
			return fmt.Errorf("a measure is %v", *x)
		}
	}
	return nil
}

// ReadDrift reads the files of a drift artifact and checks that they agree. A key it doesn't know or another version is
// an error.
func ReadDrift(dir string) (*Drift, error) {
	s, err := readJSON(dir, DriftFile, parseDrift)
	if err != nil {
		return nil, err
	}
	d := &Drift{DriftSummary: s}
	err = readTable[Flow](dir, MatchingFile, "matching", nil, func(t *table) error {
		return eachRow(t, func(_ int, f *Flow) error {
			d.Flows = append(d.Flows, *f)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	err = readTable[Move](dir, MovedFile, "moved", nil, func(t *table) error {
		return eachRow(t, func(_ int, m *Move) error {
			d.Moves = append(d.Moves, *m)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return d, nil
}

func parseDrift(b []byte) (DriftSummary, error) {
	var f driftFile
	if err := unmarshalStrict(b, &f); err != nil {
		return DriftSummary{}, err
	}
	return f.DriftSummary, checkVersion(f.Format, f.Version, "drift")
}

// CheckDrift says whether dir is a whole drift artifact. It reads all of it: the tables are small.
func CheckDrift(dir string) error {
	_, err := ReadDrift(dir)
	return err
}
