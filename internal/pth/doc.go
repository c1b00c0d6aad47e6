// Package pth reads the tensors of files that torch.save wrote: its zip archives (since PyTorch 1.6), and the older ones, which
// are pickles one after the other and then raw numbers. It knows nothing of networks.
//
// A pickle is a program for a stack machine. Nothing of it is executed here but the building of dicts, lists, tuples, texts,
// numbers and tensors: the machine is gopickle's, the only names it finds are those in classes.go, and every other is an
// error. What goes into it passes guard first, since it trusts lengths that it reads. So a hostile file ends in an
// error, and takes memory in proportion to its own size.
package pth
