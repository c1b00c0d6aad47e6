// Package store keeps what stages made, in a folder, so that the same work is never done twice and what is served is
// whole.
//
// It owns the layout of the folder, publishing, verifying, leases, scratch folders and the memory of file digests. It
// knows neither what the bytes of an artifact mean nor what a key is made of.
//
//	version                        the number of this layout
//	artifacts/<2 hex>/<digest>/    an artifact: read-only files, never changed once they are there
//	artifacts/tmp-<key>/           what a stage is writing now; belongs to the holder of the key's lease
//	records/<2 hex>/<key>.json     what a piece of work gave: its artifact's digest, its files, its notes
//	scratch/<key>/                 what an unfinished stage keeps for resuming
//	leases/<key>                   locked by the process that does the work; a dead process holds no lock
//	last/<hash>.json               the last key of each stage of each experiment, to say why a stage runs
//	uses/<id>                      artifacts that a living process uses, see uses.go
//	pins/<digest>.json             artifacts that a person wants kept
//	history/<hash>.json            what a stage of an experiment gave, in the order it came, for ports that take the last
//	families/<2 hex>/<key>.json    the newest results that differ only in the content of one input; may be deleted
//	memo/                          digests of unchanged files; may be deleted at any time
//	schedules/<name>.json          how far a schedule has come; its `.lock` is held while a process watches it
//	runs/<id>/                     the record of a run; its `lock` is held while the run lives; made as <id>.tmp
package store
