package model

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// A training on several devices runs the program of one: each device is given its share of the batch and a copy of all else,
// and XLA's partitioner (Shardy) puts in what they have to tell each other. So the statistics of batch normalisation and the
// losses that compare a batch's photos are those of the whole batch, as on one device (as torch.nn.SyncBatchNorm has it);
// only the order of sums is another.

// batchAxis names the axis of the mesh of devices.
const batchAxis = "batch"

// devices are all that a training runs on.
func (b *Backend) devices() []compute.DeviceNum {
	return append([]compute.DeviceNum{b.device}, b.more...)
}

// Shares says whether Train shares its batches among the devices of a backend setting, where it has several. It looks only at
// files.
func Shares(setting string) bool {
	c, err := Choose(setting)
	return err == nil && c.Name == "xla"
}

// checkBatch refuses a batch that the devices can't share equally.
func (b *Backend) checkBatch(photos int) error {
	return CheckBatch(photos, len(b.devices()))
}

// CheckBatch refuses a batch that so many devices can't share equally.
func CheckBatch(photos, devices int) error {
	if photos%devices != 0 {
		return fmt.Errorf("a batch of %d photos can't be shared equally by %d devices: make batch a multiple of %d", photos, devices, devices)
	}
	return nil
}

// spread makes a graph, before it is built, one for all devices.
func (b *Backend) spread(g *Graph) error {
	all := b.devices()
	if len(all) == 1 {
		return nil
	}
	mesh, err := distributed.NewDeviceMesh([]int{len(all)}, []string{batchAxis})
	if err != nil {
		return err
	}
	if err := g.SetAutoSharding(mesh); err != nil {
		return err
	}
	return g.SetDeviceAssignment(all)
}

// declare declares an input that each device is given whole. That has to be said: what isn't, Shardy decides.
func declare(g *Graph, name string, shape shapes.Shape) *Node {
	return ShardedParameter(g, name, shape, whole(g))
}

// shared declares an input of which each device is given its share of the first axis.
func shared(g *Graph, name string, shape shapes.Shape) *Node {
	meshes := g.DeviceMeshes()
	if len(meshes) == 0 {
		return declare(g, name, shape)
	}
	spec, err := distributed.BuildSpec(meshes[0]).S(batchAxis).Done()
	if err != nil {
		panic(err)
	}
	return ShardedParameter(g, name, shape, spec)
}

// whole says of an array that each device has all of it; nil on a single device.
func whole(g *Graph) *distributed.ShardingSpec {
	meshes := g.DeviceMeshes()
	if len(meshes) == 0 {
		return nil
	}
	return distributed.NewReplicatedShardingSpec(meshes[0])
}

// bringAll gives an array to each device.
func (b *Backend) bringAll(x *tensors.Tensor) (in input, err error) {
	in.Tensor = x
	for range b.more {
		c, err := x.LocalClone()
		if err != nil {
			return in, err
		}
		in.copies = append(in.copies, c)
	}
	return in, b.toDevices(in)
}

// share gives each device its share of a vector.
func (b *Backend) share(numbers []int32) (in input, err error) {
	each := len(numbers) / len(b.devices())
	for i := range b.devices() {
		x := tensors.FromFlatDataAndDimensions(numbers[i*each:(i+1)*each], each)
		if i == 0 {
			in.Tensor = x
		} else {
			in.copies = append(in.copies, x)
		}
	}
	return in, b.toDevices(in)
}

func (b *Backend) toDevices(in input) error {
	for i, x := range in.all() {
		if err := b.bring(x, b.devices()[i]); err != nil {
			return err
		}
	}
	return nil
}

// copied brings what is on the device to the others too, to be kept there.
func (b *Backend) copied(x *tensors.Tensor) (in input, err error) {
	in = input{Tensor: x, kept: true}
	for _, d := range b.more {
		err := b.outOfMemory(try(func() error {
			c, err := x.OnDeviceClone(b.compute, d)
			if err == nil {
				in.copies = append(in.copies, c)
			}
			return err
		}))
		if err != nil {
			return in, err
		}
	}
	return in, nil
}
