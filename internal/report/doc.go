// Package report draws one self-contained HTML page from what the stages made: scores with intervals, training curves,
// galleries of neighbours, montages of clusters, a map of the embeddings, inputs and rejects. It owns the page's layout,
// words, colours and charts.
//
// The page needs no network: style, script and pictures are inside it, and everything but hovering works without
// script. Its bytes depend only on Input and Options, so it may be cached. What differs from run to run (times, the
// experiment's text) is put in afterwards by Embed.
//
// Paths and labels are untrusted: all markup goes through html/template. The package knows nothing of stages, of the
// store or of how the numbers were computed.
package report
