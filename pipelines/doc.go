// Package pipelines is the experiment language: it reads a YAML file and gives a checked dag.Graph, or every mistake
// it finds with file, line, column, the source line and what to do about it.
//
// It owns the file's grammar (top-level keys, stages, variables, --set), the decoding of parameters into the structs of
// kinds, the wiring of ports, and the words of the messages. It knows kinds only through a dag.Registry: it must not
// import stages, formats, model or eval, and it never runs anything.
//
// What is read and in which order: bytes (scan.go) → a tree of nodes with places (yaml.go, node.go) → --set changes
// the tree (set.go) → keys are checked and variables filled in (check.go, vars.go, ref.go) → parameters (params.go) →
// ports and order (ports.go, order.go) → the resolved file (resolved.go).
package pipelines
