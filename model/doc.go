// Package model holds networks, losses, training and inference. It and its backend, model/cpu, are the only importers of GoMLX; nothing of GoMLX
// shows in its API, and GoMLX's panics come out of it as errors. It knows formats for weights and image sizes, and must
// not know stages, experiments or stores.
//
// # Networks
//
// ResNet18 and VGG16 with torchvision's layout: weights carry torchvision's state_dict names and shapes ([out, in, k, k]
// for convolutions, [out, in] for fully connected layers), so that its files load, and outputs and gradients agree with
// torchvision to 1e-4 (testdata/golden.py). `width` is the number of channels of the first block: 64 is the published
// network, less is the same network with everything scaled down. Images are square and of any size from the
// network's smallest on.
//
// Inside, activations are [N, H, W, C] and images enter as bytes [N, S, S, 3], normalised in the graph by ImageNet's
// mean and standard deviation. Features are [N, dim].
//
// # Training
//
// The two views of a batch are two forward passes through the same weights, first the whole photos, then the cells,
// as net(whole), net(cell) would be in PyTorch: batch normalisation normalises each view by that view's own batch
// statistics, and the running statistics (momentum 0.1, unbiased variance) move twice a step, in this order. In
// inference the running statistics are used. Losses are in the table of loss.go, each with its formula's source; gradients
// flow into both views where the loss doesn't stop them.
//
// Between features and loss there may be a projector, and behind it a predictor (mlp.go): they are trained with the network,
// kept in checkpoints, and left out of the encoder, whose feature is what enters them. BYOL's target is a second network in
// the training's state, which follows the first; the encoder is the first.
//
// Each epoch is a new order of the images, drawn from the seed; images left over after the last whole batch sit it
// out. Everything random comes from internal/rng. The backend does its sums in an order that depends on shapes
// and the processor's instruction set (see BackendClass) and not on how many goroutines work, so equal inputs give
// equal bytes, and a resumed training gives the bytes of an uninterrupted one.
//
// # Backends
//
// Package model/cpu is always there; XLA is when the program is built with cgo and a PJRT plugin file is found (see
// Open). Distances lets package nearest use their devices. GoMLX's own Go backend can be asked for, as something
// to compare with: it is some hundred times slower.
package model
