package stages

import "fashionpipe/model"

// Precise is a stage that computes networks, with a precision.
type Precise interface{ Precise() model.Precision }

// Shared is a stage that shares its work among several devices, if so many can.
type Shared interface{ CheckShared(devices int) error }

// gpuDoc is what kinds say of it that compute networks.
const gpuDoc = `Where the backend computes on GPUs, the stage has one to itself while it runs, and waits until one is free. With
resources: {gpu: 0} it computes on the first, beside whatever else computes there.`

const precisionDoc = `precision is how exactly products are computed:

  f32   with float32s. The default.
  tf32  NVIDIA's GPUs (Ampere and later) may round the factors of products to
        10 bits of mantissa, which their matrix units are made for. Elsewhere
        this is f32.
  bf16  factors of convolutions and fully connected layers are rounded to
        bfloat16 (7 bits of mantissa), their products added as float32, and
        activations between layers kept as bfloat16: half the memory, and on
        a GPU the fastest. Weights, gradients of weights, the optimiser,
        batch statistics, losses and features stay float32; the loss needs no
        scaling. Of the backends xla alone has it.`
