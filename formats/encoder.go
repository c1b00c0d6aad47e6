package formats

// EncoderInfo is encoder.json: all that inference needs beside the weights, so that embedding can't differ from
// training.
type EncoderInfo struct {
	Arch      string     `json:"arch"`      // "resnet18"
	Width     int        `json:"width"`     // channels of the first block; 64: the published network
	Size      int        `json:"size"`      // pixels a side of the whole photo it was trained on
	CellSize  int        `json:"cell_size"` // pixels a side of the cell it was trained on; 0: no cells
	Dim       int        `json:"dim"`       // length of its feature
	Mean      [3]float32 `json:"mean"`      // subtracted from RGB in 0 … 1 …
	Std       [3]float32 `json:"std"`       // … which is then divided by this
	Name      string     `json:"name"`      // for people: "resnet18, mse, 5 epochs"
	Loss      string     `json:"loss"`      // "mse", …
	Epochs    int        `json:"epochs"`    // trained
	Steps     int        `json:"steps"`     // of the optimiser
	Images    int        `json:"images"`    // rows it was trained on
	Random    bool       `json:"random"`    // a random initialisation, never trained
	Collapsed bool       `json:"collapsed"` // it maps everything to nearly the same feature
	Collapse  Collapse   `json:"collapse"`  // measured at the end of training
}

// Collapse holds the measures that tell a constant encoder from a useful one. NaN: not measured; null in the file.
type Collapse struct {
	StdRatio      float64 // std per dimension of L2-normalised features, mean over dimensions, times √Dim
	EffectiveRank float64 // RankMe: exp of the entropy of the normalised singular values; 1 … Dim
	LogNorm       float64 // natural logarithm of the mean L2 norm of the features
	PairRatio     float64 // MSE(pairs)/MSE(random pairs): near 0 good, near 1 useless
}

// HistoryRow is a row of history.parquet: one optimiser step. NaN: not measured at this step; null in the file.
type HistoryRow struct {
	Step          int32   // from 1
	Epoch         int32   // from 1
	Loss          float64 // of the step's batch
	LR            float64 // learning rate of the step
	FeatureStd    float64 // per-dimension std of L2-normalised features, mean over dimensions
	EffectiveRank float64 // see Collapse
	LogNorm       float64
	PairRatio     float64
}
