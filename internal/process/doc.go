// Package process runs a command of a person's own: as a group of processes that ends as a whole, with the environment
// it is given and no other, its output line by line, and a time limit.
//
// It owns starting, stopping and listening, the words of what went wrong, and the placeholders of a command's
// arguments. It knows nothing of stages.
package process
