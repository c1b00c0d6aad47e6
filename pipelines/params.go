package pipelines

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/dag"
)

func paramNames(k *dag.Kind) []string {
	var names []string
	for _, p := range dag.Params(k.New()) {
		names = append(names, p.Name)
	}
	return names
}

// readParams makes the stage of a kind and fills in its parameters from `with:`.
func (c *checker) readParams(s *stage) {
	with := s.body.get("with")
	if s.kind == nil {
		return
	}
	s.work = s.kind.New()
	before, read := len(c.errs), true
	if with != nil && !with.isNull() {
		if with.shape != mapping {
			c.failAt(with, "write `with: {parameter: value}`", "`with` must be a mapping, not %s", with.describe())
			return
		}
		read = c.fillParams(s, with)
	}
	if v, ok := s.work.(dag.Validator); ok && read && len(c.errs) == before && !s.odd {
		c.validate(s, with, v.Validate())
	}
	s.sound = read && len(c.errs) == before
}

// checkPorts asks a kind whether its parameters and connected ports go together, where each by itself is right.
func (c *checker) checkPorts(s *stage) {
	v, ok := s.work.(dag.PortValidator)
	if !ok || !s.sound || s.odd {
		return
	}
	connected := map[string]int{}
	for port, names := range s.in {
		connected[port] = len(names)
	}
	c.validate(s, s.body.get("with"), v.ValidatePorts(connected))
}

// params lists the parameters of a kind.
func (c *checker) params(k *dag.Kind) []dag.Param {
	ps, ok := c.kindParams[k]
	if !ok {
		ps = dag.Params(k.New())
		c.kindParams[k] = ps
	}
	return ps
}

// fillParams says whether every value could be read. A variable that can't be is reported once, where it is defined.
func (c *checker) fillParams(s *stage, with *node) (read bool) {
	read = true
	params := c.params(s.kind)
	fields := reflect.ValueOf(s.work).Elem()
	for _, p := range with.pairs {
		i := slices.IndexFunc(params, func(q dag.Param) bool { return q.Name == p.key.text })
		if i < 0 {
			c.unknownParam(s, p.key)
			continue
		}
		value, ok := c.expand(p.value)
		if !ok {
			read = false
			continue
		}
		v, bad := decodeParam(params[i], value)
		if bad != nil {
			c.failAt(bad.at, bad.hint, "`%s` %s", params[i].Name, bad.problem)
			continue
		}
		fields.Field(params[i].Index).Set(v)
	}
	return read
}

func (c *checker) unknownParam(s *stage, key *node) {
	names := paramNames(s.kind)
	hint := suggest(key.text, names, "parameters of `"+s.kind.Name+"`")
	_, isKey := stageKeys[key.text]
	switch {
	case slices.Contains(portNames(s.kind), key.text):
		hint = "it is an input: put it under `in:`"
	case isKey:
		hint = "it belongs to the stage, not to its parameters: put it beside `with:`"
	case len(names) == 0:
		hint = "it has none"
	}
	c.failAt(key, hint, "`%s` has no parameter `%s`", s.kind.Name, clip(key.text))
}

// validate reports what a kind says about its parameters, each at its line if the file gives it.
func (c *checker) validate(s *stage, with *node, err error) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			c.validate(s, with, e)
		}
		return
	}
	var pe *dag.ParamError
	if !errors.As(err, &pe) {
		c.fail(s.key.at, "", "stage `%s`: %v", s.name, err)
		return
	}
	if with != nil && with.get(pe.Param) != nil {
		at := with.get(pe.Param)
		if v, ok := c.expand(at); ok && v.swept {
			at = v
		}
		c.failAt(at, "", "`%s` %s", pe.Param, pe.Msg)
		return
	}
	c.fail(s.key.at, fmt.Sprintf("give `%s` under `with:`", pe.Param), "stage `%s`: `%s` %s", s.name, pe.Param, pe.Msg)
}

// badValue is why a value does not fit its parameter.
type badValue struct {
	at            *node
	problem, hint string
}

// listed writes a text as the entries that were meant by it: of a list of texts each word, as in a command, but not in
// NAME=some words.
func listed(p dag.Param, text string) string {
	if p.Type.Elem().Kind() != reflect.String || strings.ContainsAny(text, "='\"`,") {
		return text
	}
	words := strings.Fields(text)
	for i, w := range words {
		if strings.ContainsAny(w, "{}[]:#&*!|>%@") {
			words[i] = strconv.Quote(w)
		}
	}
	return strings.Join(words, ", ")
}

// decodeParam makes the Go value of a parameter.
func decodeParam(p dag.Param, n *node) (reflect.Value, *badValue) {
	if p.Type.Kind() != reflect.Slice {
		return decodeScalar(p, p.Type, n)
	}
	if n.shape != list {
		b := wrongType(p, n)
		if n.shape == scalar && !n.isNull() {
			b.hint = "write [" + clip(listed(p, n.text)) + "]"
			if strings.HasPrefix(n.text, "[") {
				b.hint = "write it without the quotes"
			}
		}
		return reflect.Value{}, b
	}
	if len(n.items) == 0 && reflect.ValueOf(p.Default).Len() == 0 {
		return reflect.ValueOf(p.Default), nil // nil and empty must not be two keys
	}
	out := reflect.MakeSlice(p.Type, 0, len(n.items))
	for _, item := range n.items {
		v, bad := decodeScalar(p, p.Type.Elem(), item)
		if bad != nil {
			return out, bad
		}
		out = reflect.Append(out, v)
	}
	return out, nil
}

func wrongType(p dag.Param, n *node) *badValue {
	b := &badValue{at: n, problem: "must be " + withArticle(p.TypeName()) + ", not " + n.describe()}
	if n.isNull() {
		b.problem = "has no value"
		b.hint = "leave it out for the default, " + clip(showDefault(p))
	}
	return b
}

func withArticle(typeName string) string {
	if strings.HasPrefix(typeName, "true") || typeName == "text" {
		return typeName
	}
	if elem, ok := strings.CutPrefix(typeName, "list of "); ok {
		return "a list of " + plural(elem)
	}
	return article(typeName) + " " + typeName
}

func plural(typeName string) string { return typeName + "s" }

func showDefault(p dag.Param) string { return yamlValue(reflect.ValueOf(p.Default)) }
