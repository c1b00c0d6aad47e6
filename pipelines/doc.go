// Package pipelines is the experiment language: it reads a YAML file and gives a checked dag.Graph, or every mistake
// it finds with file, line, column, the source line and what to do about it.
//
// It owns the file's grammar (top-level keys, stages, variables, --set), the decoding of parameters into the structs of
// kinds, the wiring of ports, and the words of the messages. It knows kinds only through a dag.Registry: it must not
// import stages, formats, model or eval, and it never runs anything.
//
// The way of a file: bytes (scan.go) → the YAML library (parse.go, syntax.go) → a tree of nodes with places (yaml.go,
// node.go), laid over that of the file it extends (extends.go, merge.go) → --set changes the tree (set.go, path.go) → the
// axes of the sweep (sweepread.go, sweepaxes.go, sweeplist.go, sweepexclude.go, sweeppin.go) → at every point of it (lab.go,
// variants.go): keys and stages (check.go, name.go, stage.go, stagekeys.go, resources.go) → references filled in where
// they stand (ref.go, vars.go, expand.go) → parameters (params.go, decode.go) → ports and order (ports.go, order.go) →
// all points as one graph (union.go, unionname.go) → the resolved file (resolved.go, sweepresolved.go, axesresolved.go).
// Mistakes are gathered by report.go and mistakes.go and laid out by errors.go and layout.go.
//
// What the points of a sweep share is read once: each stage depends on few axes, and only for each combination of these
// are its parameters decoded again. An experiment without a sweep has one point.
//
// The schedule is read by schedule.go and scheduletext.go. What the language is like is told to editors by schema.go
// and its likes.
//
// Text in a file is YAML 1.2: `yes` and `12:30` are text. Anchors and aliases stand for whole values; merge keys, tags,
// directives and second documents are refused.
package pipelines
