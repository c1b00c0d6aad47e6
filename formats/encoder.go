package formats

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
)

// The files of an encoder artifact.
const (
	EncoderFile = "encoder.json"
	WeightsFile = "weights.safetensors"
	HistoryFile = "history.parquet"
)

// EncoderInfo is encoder.json: all that inference needs beside the weights, so that embedding can't differ from
// training.
type EncoderInfo struct {
	Arch      string     // "resnet18"
	Width     int        // channels of the first block; 64: the published network
	Size      int        // pixels a side of the whole photo it was trained on
	CellSize  int        // pixels a side of the cell it was trained on; 0: no cells
	Dim       int        // length of its feature
	Mean      [3]float32 // subtracted from RGB in 0 … 1 …
	Std       [3]float32 // … which is then divided by this
	Name      string     // for people: "resnet18, mse, 5 epochs"
	Loss      string     // "mse", …
	Epochs    int        // trained
	Steps     int        // of the optimiser
	Images    int        // rows it was trained on
	Random    bool       // a random initialisation, never trained
	Collapsed bool       // it maps everything to nearly the same feature
	Collapse  Collapse   // measured at the end of training
	// Validation is how it did on images it did not learn from; nil where there were none.
	Validation *Validation
}

// Validation says what an encoder's training was validated on, and how the encoder did.
type Validation struct {
	By      string  `json:"by"`      // what makes two photos each other's positives: "garment" or "category"
	Rows    int     `json:"rows"`    // photos: queries and gallery in one
	Queries int     `json:"queries"` // those with a positive
	Recall  float64 `json:"recall_1"`
	Chance  float64 `json:"chance"` // recall@1 of a random order
}

// Collapse holds the measures that tell a constant encoder from a useful one. NaN: not measured; null in the file.
type Collapse struct {
	StdRatio      float64 // std per dimension of L2-normalised features, mean over dimensions, times √Dim
	EffectiveRank float64 // RankMe: exp of the entropy of the normalised singular values; 1 … Dim
	LogNorm       float64 // natural logarithm of the mean L2 norm of the features
	PairRatio     float64 // MSE(pairs)/MSE(random pairs): near 0 good, near 1 useless
}

// WriteEncoder writes encoder.json, weights.safetensors and history.parquet into dir. The history may be empty.
func WriteEncoder(dir string, info EncoderInfo, w Weights, history []HistoryRow) error {
	if err := info.check(); err != nil {
		return fmt.Errorf("%s: %w", EncoderFile, err)
	}
	if len(w) == 0 {
		return fmt.Errorf("%s: no weights", WeightsFile)
	}
	if err := writeJSON(dir, EncoderFile, info.file()); err != nil {
		return err
	}
	err := createFile(dir, WeightsFile, func(f io.Writer) error { return WriteSafetensors(f, w, nil) })
	if err != nil {
		return err
	}
	return writeHistory(dir, history)
}

// ReadEncoderInfo reads encoder.json of dir. A key it doesn't know or another version is an error.
func ReadEncoderInfo(dir string) (EncoderInfo, error) {
	return readJSON(dir, EncoderFile, parseEncoder)
}

func parseEncoder(b []byte) (EncoderInfo, error) {
	var f encoderFile
	if err := unmarshalStrict(b, &f); err != nil {
		return EncoderInfo{}, err
	}
	if err := checkVersion(f.Format, f.Version, "encoder"); err != nil {
		return EncoderInfo{}, err
	}
	info := f.info()
	return info, info.check()
}

// CheckEncoder says whether dir is a whole encoder artifact. Of the weights it reads only the header.
func CheckEncoder(dir string) error {
	if _, err := ReadEncoderInfo(dir); err != nil {
		return err
	}
	if err := checkSafetensors(filepath.Join(dir, WeightsFile)); err != nil {
		return err
	}
	return readTable[historyRow](dir, HistoryFile, "history", nil, whole)
}

// check says whether an image can be prepared by info at all.
func (e *EncoderInfo) check() error {
	if e.Arch == "" || e.Size < 1 || e.CellSize < 0 || e.Dim < 1 || e.Width < 1 {
		return fmt.Errorf("arch %q, width %d, size %d, cell_size %d, dim %d can't be", e.Arch, e.Width, e.Size, e.CellSize, e.Dim)
	}
	if v := e.Validation; v != nil && !(v.Rows >= v.Queries && v.Queries > 0 && v.Recall >= 0 && v.Recall <= 1 && v.Chance >= 0 && v.Chance <= 1) {
		return fmt.Errorf("validation %+v can't be", *v)
	}
	for i, s := range e.Std {
		if !(s > 0) || math.IsInf(float64(s), 0) || math.IsNaN(float64(e.Mean[i])) || math.IsInf(float64(e.Mean[i]), 0) {
			return fmt.Errorf("mean %v, std %v: each std must be above 0", e.Mean, e.Std)
		}
	}
	return nil
}

// encoderFile is encoder.json as it lies on disk.
type encoderFile struct {
	Format     string       `json:"format"`
	Version    int          `json:"version"`
	Arch       string       `json:"arch"`
	Width      int          `json:"width"`
	Size       int          `json:"size"`
	CellSize   int          `json:"cell_size"`
	Dim        int          `json:"dim"`
	Mean       [3]float32   `json:"mean"`
	Std        [3]float32   `json:"std"`
	Name       string       `json:"name"`
	Loss       string       `json:"loss"`
	Epochs     int          `json:"epochs"`
	Steps      int          `json:"steps"`
	Images     int          `json:"images"`
	Random     bool         `json:"random"`
	Collapsed  bool         `json:"collapsed"`
	Collapse   collapseJSON `json:"collapse"`
	Validation *Validation  `json:"validation"`
}

type collapseJSON struct {
	StdRatio      *float64 `json:"std_ratio"`
	EffectiveRank *float64 `json:"effective_rank"`
	LogNorm       *float64 `json:"log_norm"`
	PairRatio     *float64 `json:"pair_ratio"`
}

func (e *EncoderInfo) file() encoderFile {
	c := e.Collapse
	return encoderFile{
		Format: "encoder", Version: 1,
		Arch: e.Arch, Width: e.Width, Size: e.Size, CellSize: e.CellSize, Dim: e.Dim, Mean: e.Mean, Std: e.Std,
		Name: e.Name, Loss: e.Loss, Epochs: e.Epochs, Steps: e.Steps, Images: e.Images, Random: e.Random, Collapsed: e.Collapsed,
		Collapse:   collapseJSON{orNull(c.StdRatio), orNull(c.EffectiveRank), orNull(c.LogNorm), orNull(c.PairRatio)},
		Validation: e.Validation,
	}
}

func (f *encoderFile) info() EncoderInfo {
	c := f.Collapse
	return EncoderInfo{
		Arch: f.Arch, Width: f.Width, Size: f.Size, CellSize: f.CellSize, Dim: f.Dim, Mean: f.Mean, Std: f.Std,
		Name: f.Name, Loss: f.Loss, Epochs: f.Epochs, Steps: f.Steps, Images: f.Images, Random: f.Random, Collapsed: f.Collapsed,
		Collapse:   Collapse{orNaN(c.StdRatio), orNaN(c.EffectiveRank), orNaN(c.LogNorm), orNaN(c.PairRatio)},
		Validation: f.Validation,
	}
}
