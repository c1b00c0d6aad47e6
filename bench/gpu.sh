#!/usr/bin/env bash
# Measures pipe on an NVIDIA GPU beside PyTorch on the same GPU, and checks that
# it computes what it does on a processor.
#
#   bench/gpu.sh build [FILE]           builds FILE to carry there (bin/pipe-gpu);
#                                       needs Go and a C compiler
#   bench/gpu.sh BINARY [PLUGIN]        runs it: needs this folder, the binary, a
#                                       Python with torch and torchvision
#                                       (PYTHON, else python3), and a PJRT plugin:
#                                       PLUGIN, else that of JAX's CUDA package
#   bench/gpu.sh --cpu BINARY [PLUGIN]  tries every part on a processor, tiny;
#                                       without PLUGIN on backend cpu
#
# Ends within 9 minutes: what matters most comes first, and after LIMIT seconds
# (520) parts are cut off. ONLY, a regular expression, chooses parts by their
# names, say 'data|check'. What was measured goes to OUT (./gpu-results):
# results.jsonl, table.txt, facts.txt and parts.log, in place of an earlier run's.
# The GPU's settings are left as they are.
# Exit code: 0 fine; 1 a check failed or was not made; 2 something it needs is
# missing; 3 another part failed or had no time left; 130 interrupted.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

build() {
  local file=${1:-bin/pipe-gpu} version
  cd "$here/.." || exit 1
  version=$(git describe --tags --always --dirty 2>/dev/null || echo dev)
  CGO_ENABLED=1 go build -trimpath -ldflags "-s -w -X fashionpipe/cmd/pipe/cli.version=$version" -o "$file" ./bench/gpu || exit 1
  echo "$file: $(($(stat -c %s "$file") / 1000000)) MB, for $(go env GOOS)/$(go env GOARCH) with" \
    "$(grep -aoE 'GLIBC_[0-9]+\.[0-9.]+' "$file" | sort -Vu | tail -1 | tr _ ' ') or newer"
}

# part NAME SECONDS COMMAND…: runs a part for so long at most, and within what is left. What it prints is shown, what it says
# of itself goes to the log.
part() {
  local name=$1 most=$(($2 * stretch)) left=$((limit - SECONDS)) code=0
  shift 2
  [[ $name =~ ${ONLY:-.} ]] || return 0
  if ((left < 10)); then
    echo "-- $name: no time left"
    missing=3
    return 1
  fi
  echo "-- $name (after ${SECONDS} s)"
  echo "-- $name" >>"$log"
  timeout --kill-after=5 $((most < left ? most : left)) "$@" 2>>"$log" &
  running=$!
  wait "$running" || code=$?
  running=
  if ((code)); then
    echo "$name failed (exit code $code; 124: out of time); the end of $log:"
    tail -n 5 "$log"
    missing=3
  fi
  return "$code"
}

check() { part "$@" || wrong=1; } # a part that must not fail

facts() {
  echo "$(uname -srm), $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo)"
  command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,memory.total,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.limit --format=csv
  "$python" -c '
import sys, importlib.metadata as m
print("python", sys.version.split()[0])
for p in m.distributions():
    if p.name.lower().startswith(("torch", "jax", "triton", "nvidia-cudnn", "nvidia-cublas")): print(p.name, p.version)'
  timeout 60 "$binary" doctor --backend "$backend" --store "$scratch/store"
}

# find_plugin asks Python where the plugin of JAX lies, without importing JAX.
find_plugin() {
  "$python" -c '
import importlib.util, pathlib
found = importlib.util.find_spec("jax_plugins")
for folder in found.submodule_search_locations if found else []:
    for plugin in sorted(pathlib.Path(folder).glob("xla_cuda*/xla_cuda_plugin.so")): print(plugin)' | tail -1
}

measure() { # TASK ARCH BATCH PRECISION [LAYER]: ours, then PyTorch's
  local name="$1-$2-$3-$4" work=("$1" --arch "$2" --batch "$3" --precision "$4" --out "$results")
  part "$name-pipe" 120 "$binary" "${work[@]}" --backend "$backend" --layer "${5:-}" "${load[@]}"
  work+=(--device "$device" "${load[@]}")
  part "$name-torch" 90 "$python" "$here/gpu/peer.py" "${work[@]}" --mode "$mode" || [[ $mode == eager ]] ||
    part "$name-eager" 60 "$python" "$here/gpu/peer.py" "${work[@]}" --mode eager
}

if [[ ${1:-} == build ]]; then build "${2:-}"; exit; fi
cpu=
if [[ ${1:-} == --cpu ]]; then cpu=1; shift; fi
if [[ $# -lt 1 ]]; then sed -n '2,/^set/{/^#/s/^# \?//p}' "$0"; exit 2; fi
binary=$(realpath "$1")
python=${PYTHON:-python3}
out=$(realpath -m "${OUT:-gpu-results}")
results=$out/results.jsonl log=$out/parts.log
missing=0 wrong=0 running=

[[ -x $binary ]] || { echo "$1 is no program: build it by bench/gpu.sh build" >&2; exit 2; }
"$python" -c 'import torch, torchvision' 2> >(tail -n 1 >&2) || { echo "$python has no torch and torchvision: name one that has by PYTHON" >&2; exit 2; }
plugin=${2:-}
if [[ $cpu ]]; then
  stretch=10 limit=${LIMIT:-3600} # such a processor may be slow
  device=cpu mode=eager backend=${plugin:+xla:$plugin} backend=${backend:-cpu}
  load=(--size 32 --photos 64 --seconds 1) batches=(8 4) embeds=(8 4) whole_batch=8
  sizes=(--set vars.count=100 --set vars.size=32 --set vars.epochs=2 --set vars.batch=8)
  rows=2000 checks=(--photos 64 --width 16 --epochs 1 --seeds 2) step=(--batch 4 --size 64)
else
  : "${plugin:=$(find_plugin)}"
  [[ -f $plugin ]] || { echo "no plugin: install jax[cuda13], or name a PJRT plugin for CUDA after the binary" >&2; exit 2; }
  "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' || {
    echo "the PyTorch of $python finds no GPU: see nvidia-smi; bench/gpu.sh --cpu tries every part without one" >&2
    exit 2
  }
  stretch=1 limit=${LIMIT:-520}
  device=cuda mode=default backend=xla:$(realpath -s "$plugin")
  load=(--size 224 --photos 8192 --seconds 5) batches=(256 512 128 64) embeds=(256 128) whole_batch=256
  sizes=()
  rows=20000 checks=(--photos 512 --epochs 5 --seeds 3) step=(--batch 32 --size 64)
fi
mkdir -p "$out" || exit 1
truncate -s 0 "$results" "$log"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CACHE_HOME=$scratch/cache # of the algorithms that XLA took: nothing of an earlier run, and nothing stays
# A part has a process group of its own, which a Ctrl-C doesn't reach.
trap '[[ $running ]] && kill "$running" 2>/dev/null && wait "$running"; echo interrupted; exit 130' INT TERM

fast=bf16
[[ $backend == cpu ]] && fast=f32 # which knows no other
run=(run "$here/gpu/experiment.yaml" --store "$scratch/store" --out "$scratch/out" --backend "$backend"
  --set "vars.precision=$fast" "${sizes[@]}")

check_precision() { # NAME PRECISION LOSSES FEATURES [ARGUMENT]…: ours on the device beside ours on the processor
  check "check-$1" 120 "$binary" check --backend "$backend" --precision "$2" --losses "$3" --features "$4" \
    --data "$scratch/out" --out "$results" "${checks[@]}" "${@:5}"
}

facts 2>&1 | tee "$out/facts.txt"
check data 90 "$binary" "${run[@]}" --only small --only small_test --only train_images --only test_images
part peaks 60 "$python" "$here/gpu/peer.py" peaks --device "$device" --out "$results"

# PyTorch's step and ours, from the same weights, on the same batch.
step+=(--precision f32 --out "$results")
check step-init 30 "$python" "$here/gpu/peer.py" init --dir "$scratch" "${step[@]}"
check step-pipe 90 "$binary" step --backend "$backend" --data "$scratch" "${step[@]}"
check step-torch 60 "$python" "$here/gpu/peer.py" compare --device "$device" --dir "$scratch" "${step[@]}"

check_precision f32 f32 1e-3 1e-4 --seeds 0
measure train resnet18 "${batches[0]}" $fast
[[ $fast == f32 ]] || check_precision $fast $fast 5e-2 2e-2
part whole 120 env XDG_CACHE_HOME="$scratch/whole" "$binary" whole --backend "$backend" --batch "$whole_batch" --precision $fast \
  --data "$scratch/out" --out "$results" -- "${run[@]}" --log json
measure embed resnet18 "${embeds[0]}" $fast avgpool
measure embed vgg16 "${embeds[1]}" $fast fc2
check clusters 60 "$binary" clusters --backend "$backend" --photos "$rows" --out "$results"
for batch in "${batches[@]:1}"; do measure train resnet18 "$batch" $fast; done
if [[ $fast == bf16 ]]; then
  check_precision tf32 tf32 1e-2 2e-3 --seeds 0
  measure train resnet18 "${batches[0]}" tf32
  check_precision again bf16 5e-2 2e-2 --seeds 0 # are the weights the same bytes in another process?
fi
if [[ $device == cuda ]]; then
  part tuned 120 "$python" "$here/gpu/peer.py" train --batch "${batches[0]}" --mode max-autotune "${load[@]}" --out "$results"
fi

"$binary" table "$results" 2>&1 | tee "$out/table.txt"
((PIPESTATUS[0])) && wrong=1
echo "after ${SECONDS} s; everything is in $out"
exit $((wrong ? 1 : missing))
