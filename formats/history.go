package formats

import (
	"fmt"
	"math"
)

// HistoryRow is a row of history.parquet: one optimiser step, or, at step 0, the encoder before training. NaN: not
// measured at this step; null in the file.
type HistoryRow struct {
	Step          int32   // rising; 0: before training
	Epoch         int32   // from 1; 0 at step 0
	Loss          float64 // of the step's batch; NaN at step 0
	LR            float64 // learning rate of the step; NaN at step 0
	FeatureStd    float64 // per-dimension std of L2-normalised features, mean over dimensions
	EffectiveRank float64 // see Collapse
	LogNorm       float64
	PairRatio     float64
	Recall        float64 // recall@1 on the images to validate on, see Validation

	// Of heads beside the loss: what each loses on the step's batch, how well it does on the photos of the measures, and on
	// those to validate on.
	CategoryLoss     float64 // cross-entropy
	ColourLoss       float64 // Kullback-Leibler divergence of the histograms
	CategoryAccuracy float64 // share of photos whose category is right
	ColourOverlap    float64 // intersection of predicted and true histogram, 0 … 1

	ValidationCategoryAccuracy float64
	ValidationColourOverlap    float64
}

// NewHistoryRow is a row in which nothing is measured.
func NewHistoryRow(step, epoch int) HistoryRow {
	nan := math.NaN()
	return HistoryRow{int32(step), int32(epoch), nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan}
}

// historyRow is a HistoryRow as it lies on disk.
type historyRow struct {
	Step             int32    `parquet:"step"`
	Epoch            int32    `parquet:"epoch"`
	Loss             *float64 `parquet:"loss,optional"`
	LR               *float64 `parquet:"lr,optional"`
	FeatureStd       *float64 `parquet:"feature_std,optional"`
	EffectiveRank    *float64 `parquet:"effective_rank,optional"`
	LogNorm          *float64 `parquet:"log_norm,optional"`
	PairRatio        *float64 `parquet:"pair_ratio,optional"`
	Recall           *float64 `parquet:"recall_1,optional"`
	CategoryLoss     *float64 `parquet:"category_loss,optional"`
	ColourLoss       *float64 `parquet:"colour_loss,optional"`
	CategoryAccuracy *float64 `parquet:"category_accuracy,optional"`
	ColourOverlap    *float64 `parquet:"colour_overlap,optional"`

	ValidationCategoryAccuracy *float64 `parquet:"validation_category_accuracy,optional"`
	ValidationColourOverlap    *float64 `parquet:"validation_colour_overlap,optional"`
}

func writeHistory(dir string, history []HistoryRow) error {
	for i := 1; i < len(history); i++ {
		if history[i].Step <= history[i-1].Step {
			return fmt.Errorf("%s: step %d follows step %d", HistoryFile, history[i].Step, history[i-1].Step)
		}
	}
	h, err := newHeader("history", len(history), 0, nil)
	if err != nil {
		return err
	}
	return writeTable(dir, HistoryFile, h, rowGroup, func(i int) historyRow {
		r := history[i]
		return historyRow{
			r.Step, r.Epoch, orNull(r.Loss), orNull(r.LR),
			orNull(r.FeatureStd), orNull(r.EffectiveRank), orNull(r.LogNorm), orNull(r.PairRatio), orNull(r.Recall),
			orNull(r.CategoryLoss), orNull(r.ColourLoss), orNull(r.CategoryAccuracy), orNull(r.ColourOverlap),
			orNull(r.ValidationCategoryAccuracy), orNull(r.ValidationColourOverlap),
		}
	})
}

// ReadHistory reads history.parquet of dir, by step.
func ReadHistory(dir string) ([]HistoryRow, error) {
	var history []HistoryRow
	err := readTable[historyRow](dir, HistoryFile, "history", nil, func(t *table) error {
		return eachRow(t, func(i int, r *historyRow) error {
			if i > 0 && r.Step <= history[i-1].Step {
				return fmt.Errorf("step %d follows step %d", r.Step, history[i-1].Step)
			}
			history = append(history, HistoryRow{
				r.Step, r.Epoch, orNaN(r.Loss), orNaN(r.LR),
				orNaN(r.FeatureStd), orNaN(r.EffectiveRank), orNaN(r.LogNorm), orNaN(r.PairRatio), orNaN(r.Recall),
				orNaN(r.CategoryLoss), orNaN(r.ColourLoss), orNaN(r.CategoryAccuracy), orNaN(r.ColourOverlap),
				orNaN(r.ValidationCategoryAccuracy), orNaN(r.ValidationColourOverlap),
			})
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return history, nil
}
