#!/usr/bin/env python3
"""Lists the kernels that XLA makes of a program for an H100, and the bytes that each reads and writes. No GPU is needed.

    pip install jax==0.10.2 jaxlib==0.10.2 jax-cuda13-pjrt==0.10.2 jax-cuda13-plugin==0.10.2 nvidia-cuda-nvcc nvidia-nvvm
    XLA_FLAGS="--xla_dump_to=DUMP --xla_dump_hlo_as_text" pipe run FILE --backend xla:…/pjrt_c_api_cpu_plugin.so
    python kernels.py DUMP/module_0001.train.before_optimizations.txt --images 256

The plugin for processors (bench/xlacpu builds one) writes down what it is given; the one for GPUs compiles that. It needs
no driver, and chooses no algorithms of cuDNN, for which it would time them. Bytes are those of operands and results, each
counted once for a kernel: a kernel that reads parts of an operand (a gather from the photos, a slice) is counted as if it
read all of it, unless --largest leaves it out.
"""
import argparse
import collections
import importlib.util
import math
import os
import re

# What XLA asks of a device, from NVIDIA's data sheet and programming guide.
H100 = """
gpu_device_info {
  threads_per_block_limit: 1024 threads_per_warp: 32 threads_per_core_limit: 2048 core_count: 132 fpus_per_core: 128
  shared_memory_per_block: 49152 shared_memory_per_core: 233472 shared_memory_per_block_optin: 232448
  block_dim_limit_x: 2147483647 block_dim_limit_y: 65535 block_dim_limit_z: 65535
  memory_bandwidth: 3352320000000 l2_cache_size: 52428800 clock_rate_ghz: 1.98 device_memory_size: 84942979072
  cuda_compute_capability { major: 9 } registers_per_core_limit: 65536 registers_per_block_limit: 65536
  runtime_version: "13.0.0" driver_version: "13.0.0" compile_time_toolkit_version: "13.0.0" dnn_version: "9.12.0"
}
platform_name: "CUDA" dnn_version_info { major: 9 minor: 12 patch: 0 } device_description_str: "NVIDIA H100 80GB HBM3"
"""
BYTES = {"pred": 1, "u8": 1, "s8": 1, "bf16": 2, "f16": 2, "f32": 4, "s32": 4, "u32": 4, "f64": 8, "s64": 8, "u64": 8}
FREE = {"parameter", "constant", "bitcast", "tuple", "get-tuple-element"}


def compiled(path):
    """The program in path, given as HLO text, optimised for the device."""
    cuda = next(iter(importlib.util.find_spec("nvidia").submodule_search_locations)) + "/cu13"
    os.environ["PATH"] = f"{cuda}/bin:" + os.environ["PATH"]
    os.environ["XLA_FLAGS"] = f"--xla_gpu_cuda_data_dir={cuda} " + os.environ.get("XLA_FLAGS", "")
    os.environ["JAX_SKIP_CUDA_CONSTRAINTS_CHECK"] = "1"
    from jax._src import compiler
    from jax._src.interpreters import mlir
    from jax._src.lib import xla_client
    from jax._src.lib.mlir import ir
    from jax.experimental import topologies
    from jaxlib import _hlo, _jax

    device = topologies.get_topology_desc(platform="cuda", topology_name="h100", target_config=H100, topology="1x1x1").devices[0]
    with open(path) as f:
        module = _hlo.hlo_module_from_text(f.read())
    computation = _hlo.XlaComputation(module.as_serialized_hlo_module_proto())
    with mlir.make_ir_context():
        program = ir.Module.parse(_jax.mlir.xla_computation_to_mlir_module(computation))
        options = compiler.get_compile_options(num_replicas=1, num_partitions=1)
        done = device.client.compile(program, xla_client.DeviceList((device,)), options)
    return done.hlo_modules()[0].to_string()


def size(shape):
    return sum(BYTES[t] * math.prod(int(d) for d in dims.split(",") if d) for t, dims in re.findall(r"(\w+)\[([\d,]*)\]", shape))


def kernels(text):
    """For each kernel: what kind it is, its result, the bytes it reads and those it writes."""
    sizes, found = {}, []
    entry = text[text.index("\nENTRY"):]
    for line in entry.split("\n"):
        m = re.match(r"\s+(?:ROOT )?%?([\w.\-]+) = (\(.*?\)|\S+) ([\w\-]+)\((.*?)\)(.*)", line)
        if not m:
            continue
        name, shape, kind, operands, rest = m.groups()
        sizes[name] = size(shape)
        if kind in FREE:
            continue
        if kind == "custom-call":
            kind = re.search(r'custom_call_target="([^"]*)"', rest).group(1)
        elif kind == "fusion":
            kind = re.sub(r"[.\d]+$", "", name)
        read = sum(sizes.get(o.split()[-1].lstrip("%"), 0) for o in re.sub(r"/\*.*?\*/", "", operands).split(",") if o.strip())
        found.append((kind, shape, read, sizes[name]))
    return found


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("program")
    args.add_argument("--images", type=int, required=True, help="images in a batch, of all views")
    args.add_argument("--largest", type=float, default=math.inf, help="MB an image above which a kernel is told, and not counted")
    args = args.parse_args()
    total, count = collections.Counter(), collections.Counter()
    for kind, shape, read, written in kernels(compiled(args.program)):
        per = (read + written) / args.images / 1e6
        if per > args.largest:
            print(f"not counted: {kind} {shape[:60]}: {per:.2f} MB")
            continue
        count[kind] += 1
        total[kind] += per
    print(f"{'kernels':>7} {'MB an image':>11}")
    for kind, n in sorted(count.items(), key=lambda k: -total[k[0]]):
        print(f"{n:7} {total[kind]:11.2f}  {kind}")
    print(f"{sum(count.values()):7} {sum(total.values()):11.2f}  in all")


if __name__ == "__main__":
    main()
