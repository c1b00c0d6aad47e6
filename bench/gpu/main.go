// Command gpu is our side of bench/gpu.sh, and pipe itself, in one file to carry to a machine with a GPU. It has pipe's commands
// and, beside them,
//
//	pipe-gpu train …      images a second in training, by model.Train
//	pipe-gpu embed …      images a second in inference, by Encoder.Embed
//	pipe-gpu check …      one backend beside another: losses, features, recall@1; a training's bytes again
//	pipe-gpu clusters …   neighbours, k-means and mean shift on the device beside the processor
//	pipe-gpu step …       one training step of given weights on a given batch, for the peer to compare with
//	pipe-gpu whole …      an experiment by pipe, and what its stages take
//	pipe-gpu table FILE   the table of all that was measured
//
// Each prints what it finds, and puts it as lines of JSON at the end of the file -out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"fashionpipe/cmd/pipe/cli"
	"fashionpipe/model"
)

// options are those of all commands.
type options struct {
	backend, beside, precision string
	arch, layer                string
	batch, size, width         int
	photos, epochs, seeds      int
	seconds                    float64
	losses, features           float64
	data, out                  string
	args                       []string
}

func (o *options) parse(args []string) error {
	f := flag.NewFlagSet("pipe-gpu", flag.ContinueOnError)
	f.StringVar(&o.backend, "backend", "auto", "as pipe takes it: xla:PLUGIN")
	f.StringVar(&o.beside, "beside", "cpu", "the backend to check against, which computes with f32")
	f.StringVar(&o.precision, "precision", "bf16", "f32, tf32 or bf16")
	f.StringVar(&o.arch, "arch", "resnet18", "resnet18 or vgg16")
	f.StringVar(&o.layer, "layer", "", "of the network, where it has several")
	f.IntVar(&o.batch, "batch", 256, "photos in a step, images in inference")
	f.IntVar(&o.size, "size", 224, "edge of the images of noise, pixels")
	f.IntVar(&o.width, "width", 64, "of the networks that are checked")
	f.IntVar(&o.photos, "photos", 8192, "photos of noise in an epoch; photos, or rows, to check on, at most")
	f.IntVar(&o.epochs, "epochs", 5, "of the trainings whose recall@1 is checked")
	f.IntVar(&o.seeds, "seeds", 3, "trainings whose recall@1 is checked; 0 for none")
	f.Float64Var(&o.seconds, "seconds", 5, "to measure")
	f.Float64Var(&o.losses, "losses", 0, "how far apart losses may be, as a share")
	f.Float64Var(&o.features, "features", 0, "how far apart features may be, as a share of their norm")
	f.StringVar(&o.data, "data", ".", "folder of what is read")
	f.StringVar(&o.out, "out", os.DevNull, "file that records are added to")
	err := f.Parse(args)
	o.args = f.Args()
	return err
}

// open gives the backend to measure.
func (o options) open() (*model.Backend, error) {
	b, err := model.Open(o.backend, model.Precision(o.precision))
	if err == nil {
		fmt.Fprintln(os.Stderr, b.Describe())
	}
	return b, err
}

var commands = map[string]func(context.Context, options) error{
	"train": train, "embed": embed, "check": check, "clusters": clusters, "step": step, "whole": whole, "table": table,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		os.Exit(cli.Main(os.Args[1:])) // also what pipe starts this program for
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "pipe-gpu:", err)
		os.Exit(1)
	}
}

func run(command string, args []string) error {
	var o options
	if err := o.parse(args); err != nil {
		return err
	}
	return commands[command](context.Background(), o)
}
