#!/usr/bin/env bash
# build.sh OUTDIR [PYTHON]: builds OUTDIR/pjrt_c_api_cpu_plugin.so and prints its path. README.md says what it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: $0 OUTDIR [PYTHON]" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
python=${2:-python3}
wheel=tensorflow-cpu==2.21.0
tensorflow=$out/${wheel/==/-}/tensorflow
plugin=$out/pjrt_c_api_cpu_plugin.so

[ "$(uname -sm)" = "Linux x86_64" ] || { echo "$0: the wheel is for Linux on x86-64" >&2; exit 1; }
for tool in g++ go "$python"; do
  command -v "$tool" >/dev/null || { echo "$0: needs $tool: install it (Debian: build-essential, golang, python3-pip)" >&2; exit 1; }
done

if [ ! -d "$tensorflow" ]; then
  part=$out/part
  rm -rf "$part"
  "$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: --dest "$part" "$wheel" >&2
  "$python" -m zipfile -e "$part"/*.whl "$part/unpacked"
  rm -rf "${tensorflow%/tensorflow}"
  mv "$part/unpacked" "${tensorflow%/tensorflow}"
  rm -rf "$part"
fi

# The API is that of GoMLX's header, so that both sides agree on every struct.
api=$(cd "$here" && go list -m -f '{{.Dir}}' github.com/gomlx/go-xla)/pjrt
names=$out/names
mkdir -p "$names"
sed -n 's/^  _PJRT_API_STRUCT_FIELD(\(.*\));$/"\1",/p' "$api/pjrt_c_api.h" >"$names/function_names.inc"

# NDEBUG as the wheel has it: XLA's inline functions differ without.
g++ -std=c++17 -O1 -DNDEBUG -fPIC -shared -fvisibility=hidden -Wall \
  -I "$names" -I "$here/stub" -I "$api" -isystem "$tensorflow/include" \
  -o "$plugin.part" "$here/plugin.cc" -Wl,-z,defs \
  -L "$tensorflow" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,"$tensorflow"
mv "$plugin.part" "$plugin"
echo "$plugin"
