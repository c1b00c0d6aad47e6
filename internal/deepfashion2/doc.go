// Package deepfashion2 reads a data set in the layout of DeepFashion2 (Ge et al., CVPR 2019): per split a folder image/
// with photos and a folder annos/ with a JSON file for each. The released test split has no annotations.
//
// It owns the shape of annotation files and what makes one broken, and gives rows of a catalogue. Which rows an
// experiment then uses is not its business (internal/catalogue), and it decodes no pixels.
package deepfashion2
