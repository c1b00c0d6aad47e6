package stages

import "fashionpipe/model"

// Precise is a stage that computes networks, with a precision.
type Precise interface{ Precise() model.Precision }

// Shared is a stage that shares its work among several devices, if so many can.
type Shared interface{ CheckShared(devices int) error }

// gpuDoc is what kinds say of it that compute networks.
const gpuDoc = `If the backend computes on GPUs, the stage waits for a free GPU and has it to itself. With resources:
{gpu: 0} it uses the first GPU together with whatever else runs there.`

const precisionDoc = `precision is the numeric precision of matrix products and convolutions:

  f32   float32. The default.
  tf32  NVIDIA GPUs (Ampere and later) may round factors to TF32, which has a
        10-bit mantissa, to use their tensor cores. Elsewhere the same as f32.
  bf16  the factors of convolutions and fully connected layers are rounded to
        bfloat16 (7-bit mantissa), accumulated in float32, and activations
        between layers are stored in bfloat16: half the memory, and the fastest
        on a GPU. Weights, weight gradients, the optimiser, batch statistics,
        losses and features stay float32; no loss scaling is needed. Only the
        backend xla supports it.`
