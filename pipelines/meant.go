package pipelines

import "strings"

// What people who know other programs write, and how it is said here.
var (
	topMeant = map[string]string{
		"steps": "stages", "jobs": "stages", "tasks": "stages", "nodes": "stages", "pipeline": "stages", "rules": "stages",
		"variables": "vars", "params": "vars", "parameters": "vars", "env": "vars", "config": "vars",
		"defaults": "extends", "include": "extends", "import": "extends", "base": "extends", "inherits": "extends", "from": "extends",
		"matrix": "sweep", "grid": "sweep", "sweeper": "sweep", "cron": "schedule", "on": "schedule", "random_seed": "seed",
	}
	stageMeant = map[string]string{
		"kind": "uses", "type": "uses", "run": "uses", "op": "uses", "params": "with", "parameters": "with", "args": "with",
		"config": "with", "inputs": "in", "input": "in", "deps": "in", "needs": "in", "depends_on": "in", "after": "in",
		"gpu": "resources", "gpus": "resources", "cpu": "resources", "memory": "resources",
	}
	sweepMeant = map[string]string{
		"grid": "matrix", "product": "matrix", "params": "matrix", "parameters": "matrix", "axes": "matrix", "parallel": "zip",
		"variants": "list", "include": "list", "overrides": "list", "skip": "exclude", "except": "exclude", "filter": "exclude",
	}
)

// meantHint is suggest, which knows the words of other programs too.
func meantHint(word string, words map[string]string, names []string, what string) string {
	if key := words[strings.ToLower(word)]; key != "" {
		return "that is called `" + key + "` here"
	}
	return suggest(word, names, what)
}
