package dag_test

import (
	"context"
	"fmt"
	"os"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/disk/faulty"
)

// childEnv makes the test binary work as another process: it runs the named graph on a store and prints how the stages
// ended.
const childEnv = "DAG_TEST_CHILD"

func child() int {
	if err := faulty.Spoil(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := store.Open(os.Getenv("DAG_TEST_STORE"), store.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	file := os.Getenv("DAG_TEST_FILE")
	var n []*dag.Node
	switch os.Getenv(childEnv) {
	case "resume":
		n = []*dag.Node{node(resumeKind, "r", &resume{Ready: file})}
	case "text":
		n = []*dag.Node{node(textKind, "t", &text{Text: "x", Calls: file, Wait: os.Getenv("DAG_TEST_WAIT")})}
	case "torture":
		n = tortured(file, os.Getenv("DAG_TEST_CALLS"))
	case "chain":
		n = chainNodes("", file)
	}
	g, err := dag.NewGraph("test", n)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	sum, err := (&dag.Engine{Store: s}).Run(context.Background(), g, dag.RunOptions{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Print(states(sum))
	if err := sum.Err(); err != nil {
		fmt.Print(": ", err)
	}
	return 0
}
