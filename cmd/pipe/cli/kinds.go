package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
)

func newKinds() *cobra.Command {
	return &cobra.Command{
		Use:   "kinds [NAME]",
		Short: "Document the kinds of stages: ports, parameters, examples",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reg := registry
			if len(args) == 0 {
				return listKinds(cmd.OutOrStdout(), reg)
			}
			k, ok := reg.Get(args[0])
			if !ok {
				return fmt.Errorf("no kind is called %q%s", args[0], insteadOfKind(args[0], reg))
			}
			return describeKind(cmd.OutOrStdout(), k)
		},
	}
}

func kindNames(reg *dag.Registry) []string {
	var names []string
	for _, k := range reg.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// insteadOfKind says which kinds make things of a type, or which kind may be meant.
func insteadOfKind(word string, reg *dag.Registry) string {
	var makers []string
	for _, k := range reg.Kinds() {
		if k.Out == dag.Type(word) {
			makers = append(makers, k.Name)
		}
	}
	if len(makers) > 0 {
		return ": it is made by " + few(makers, 20)
	}
	return instead(word, kindNames(reg))
}

func listKinds(w io.Writer, reg *dag.Registry) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range reg.Kinds() {
		fmt.Fprintf(t, "%s\t%s\n", k.Name, k.Summary)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nFor details: pipe kinds NAME")
	return err
}

func describeKind(w io.Writer, k *dag.Kind) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s\n\n%s\n\n", wrap(k.Name+": "+k.Summary, ""), wrap(k.Doc, ""))
	out := string(k.Out)
	if k.Out == dag.Any {
		out = "depends on its parameters"
	}
	fmt.Fprintf(b, "makes: %s\n", out)
	if len(k.In) > 0 {
		b.WriteString("\ninputs (in:)\n")
	}
	for _, p := range k.In {
		fmt.Fprintf(b, "  %s: %s%s\n%s\n", p.Name, p.Type, portRule(p), wrap(p.Doc, "      "))
	}
	if ps := dag.Params(k.New()); len(ps) > 0 {
		b.WriteString("\nparameters (with:), with their defaults\n")
		for _, p := range ps {
			line := fmt.Sprintf("  %s: %s    # %s", p.Name, defaultText(p.Default), typeText(p))
			fmt.Fprintf(b, "%s\n%s\n", hang(line, 80, 12), wrap(p.Doc, "      "))
		}
	}
	fmt.Fprintf(b, "\nexample\n%s\n", indent(strings.Trim(k.Example, "\n"), "  "))
	return page(w, b.String())
}

func portRule(p dag.Port) string {
	rule := ""
	if p.Many {
		rule += ", one or a list"
	}
	if p.Optional {
		rule += ", optional"
	}
	return rule
}

func typeText(p dag.Param) string {
	t := p.TypeName()
	if p.Enum != nil {
		t = strings.Join(p.Choices(), " | ")
	}
	if p.Exec {
		t += "; not in the key"
	}
	return t
}

func defaultText(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return "[]"
	}
	return string(b)
}
