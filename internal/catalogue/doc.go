// Package catalogue makes the rows of a catalogue of photos: it lists the files of a data set below its root, makes rows
// of a folder of photos whose sub-folders are classes, keeps the rows that pass a filter, divides them into subsets, and
// chooses some of them by a seed, neither of which breaks up pairs.
//
// It knows nothing of annotation files (that is internal/deepfashion2) and never opens a photo.
package catalogue
