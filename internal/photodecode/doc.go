// Package photodecode turns a catalogue of photos into an image table: it reads the files, makes sure they are the ones
// that were catalogued, has internal/imaging decode and resize them on several goroutines within a bound of memory, and
// writes the rows in the catalogue's order. Table and rejects do not depend on the number of goroutines.
package photodecode
