// Package drift compares a clustering with the one before it: which photos are the same, which cluster continues which,
// what was born, died, split and merged, and who moved. It knows nothing of where the two come from.
package drift
