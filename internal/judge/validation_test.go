package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// pairs are n garments of two photos each, of which half are of either category, and one photo without a garment.
func pairs(n int) []formats.Labels {
	var labels []formats.Labels
	for i := range n {
		for range 2 {
			labels = append(labels, formats.Labels{Category: fmt.Sprint("category ", i%2), PairID: int64(i + 1), Style: 1})
		}
	}
	return append(labels, formats.Labels{Category: "category 0"})
}

func TestValidationByGarment(t *testing.T) {
	v, err := NewValidation(pairs(10), 100, 1)
	if err != nil || v.By != "garment" || len(v.Rows) != 21 {
		t.Fatalf("%+v, %v", v, err)
	}
	features := make([]float32, 2*21)
	for i := range 21 {
		angle := float64(i / 2) // each garment has a direction of its own
		if i == 3 {
			angle = -2 // beside the first garment
		}
		features[2*i], features[2*i+1] = float32(math.Cos(angle/4)), float32(math.Sin(angle/4))
	}
	got, err := v.Recall(t.Context(), features, 2, 1)
	if err != nil || got != 18.0/20 { // of the second garment neither photo finds the other
		t.Errorf("recall %v, want 0.9 (%v)", got, err)
	}
	if v.Queries != 20 || math.Abs(v.Chance-1.0/20) > 1e-12 {
		t.Errorf("%d queries, chance %v", v.Queries, v.Chance)
	}
}

// TestValidationChance: the same to the last bit each time, since it is in the artifact.
func TestValidationChance(t *testing.T) {
	var labels []formats.Labels
	for i := range 12 {
		for range i + 2 {
			labels = append(labels, formats.Labels{PairID: int64(i + 1), Style: 1})
		}
	}
	want, err := NewValidation(labels, 1000, 1)
	if err != nil || math.Abs(want.Chance-728.0/(90*89)) > 1e-12 { // 728: the sum of n·(n−1) for n from 2 to 13
		t.Fatalf("%+v, %v", want, err)
	}
	for range 50 {
		if v, err := NewValidation(labels, 1000, 1); err != nil || v.Chance != want.Chance {
			t.Fatalf("chance %v, and %v before (%v)", v.Chance, want.Chance, err)
		}
	}
}

func TestValidationByCategory(t *testing.T) {
	labels := pairs(10)
	for i := range labels {
		labels[i].Style = 0
	}
	v, err := NewValidation(labels, 100, 1)
	if err != nil || v.By != "category" {
		t.Fatalf("%+v, %v", v, err)
	}
	if got, err := v.Recall(t.Context(), make([]float32, 21), 1, 1); err != nil || got > 0.9 || got < 0.1 {
		t.Errorf("features that are all equal: recall %v, want about a half (%v)", got, err)
	}
	for i := range labels {
		labels[i].Category = "one"
	}
	if _, err := NewValidation(labels, 100, 1); err == nil || !strings.Contains(err.Error(), "connect labelled photos, or none") {
		t.Errorf("a single category: %v", err)
	}
}

// TestValidationKeepsPairs: of many rows it takes whole pairs, by the seed.
func TestValidationKeepsPairs(t *testing.T) {
	labels := pairs(50)
	v, err := NewValidation(labels, 31, 1)
	if err != nil || len(v.Rows) < 30 || len(v.Rows) > 31 || !slices.IsSorted(v.Rows) {
		t.Fatalf("%+v, %v", v, err)
	}
	count := map[int64]int{}
	for _, row := range v.Rows {
		count[labels[row].PairID]++
	}
	for pair, n := range count {
		if pair != 0 && n != 2 {
			t.Errorf("pair %d has %d rows", pair, n)
		}
	}
	again, _ := NewValidation(labels, 31, 1)
	other, _ := NewValidation(labels, 31, 2)
	if !slices.Equal(again.Rows, v.Rows) || slices.Equal(other.Rows, v.Rows) {
		t.Error("the choice is not the seed's")
	}
}
