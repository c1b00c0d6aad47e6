// Package dag runs graphs of stages, and runs only what changed.
//
// It owns what a kind of stage is (Kind, Stage, Task), what a graph is (NewGraph), what makes two pieces of work the
// same (Key), what would run and why (Engine.Plan), running it (Engine.Run), what people are told while it runs (Event)
// and what stays known of a run (RunRecord). It knows nothing of the language experiments are written in, of the kinds
// there are, or of machine learning.
package dag
