// Package spelling finds the names that a misspelt or half remembered word may stand for. It owns what counts as alike;
// how that is told is for those who know what the names are of.
package spelling
