// Package stages holds the kinds: what `uses:` names in an experiment. A kind is one file with its doc, its parameters
// with defaults, an example and its Run, which is glue: it reads artifacts by package formats, calls model, eval or an
// internal package, and writes an artifact. No kind uses another, and none knows how an experiment is written.
package stages
