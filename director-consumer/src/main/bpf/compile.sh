#!/bin/sh
# Compiles a BPF program of this folder into a folder of classes, if anything is newer than what is there.
#   compile.sh SOURCE OBJECT [FLAG...]
# Without clang or the headers it says once what is missing and lets the build go on: the jar then has no
# such program, and whoever needs it is told so when it is asked for.
set -eu

source=$1
object=$2
shift 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$(dirname -- "$source")

if [ -f "$object" ] && [ -z "$(find "$here" "$folder" -type f -newer "$object" -print 2>/dev/null)" ]; then
  exit 0
fi
rm -f "$object"

absent() {
  echo "Built without $(basename -- "$object"): expected clang and the headers of libbpf and Linux but $1; for the XDP data plane install them (Debian, Ubuntu: clang llvm libbpf-dev; Fedora: clang llvm libbpf-devel kernel-headers) and build again." >&2
  exit 0
}

[ "$(uname -s)" = Linux ] || absent "this is $(uname -s)"
command -v clang >/dev/null 2>&1 || absent "found no clang"
# Debian keeps asm/ in a folder for the machine, which clang does not look into for BPF.
machine=""
for asm in /usr/include/*-linux-gnu; do
  if [ -d "$asm/asm" ] && [ "${asm##*/}" = "$(uname -m)-linux-gnu" ]; then machine="-I$asm"; fi
done
# shellcheck disable=SC2086
printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_endian.h>\n' |
  clang -target bpf $machine -E -x c - >/dev/null 2>&1 || absent "found no headers"

mkdir -p "$(dirname -- "$object")"
cd "$folder"
# shellcheck disable=SC2086
clang -O2 -g -Wall -Wextra -Werror -target bpf -mcpu=v3 -fdebug-compilation-dir=. "-I$here" $machine "$@" \
  -c "$(basename -- "$source")" -o "$object.part"
# What the kernel and bpftool show comes from BTF; the rest of the debug information is only large.
if command -v llvm-strip >/dev/null 2>&1; then llvm-strip -g "$object.part"; fi
mv "$object.part" "$object"
