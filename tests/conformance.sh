#!/usr/bin/env bash
# conformance.sh SUITE: runs the public TUF conformance suite (theupdateframework/tuf-conformance, a checkout of it at SUITE) against
# otsupport-tuf. Needs Python 3.10 or newer with venv, and faketime (Debian: apt-get install faketime). Ends with a line of counts.
set -euo pipefail
suite=${1:?give the folder of a tuf-conformance checkout: make conformance SUITE=DIR}
suite=$(cd "$suite" && pwd)
cd "$(dirname "$0")/.."
command -v faketime >/dev/null || { echo "conformance: faketime is not installed" >&2; exit 3; }
cargo build --locked --release --quiet --package otsupport-tests --bin otsupport-tuf
tool=${CARGO_TARGET_DIR:-target}/release/otsupport-tuf
cache=${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/tuf-conformance
[ -x "$cache/bin/pytest" ] || { python3 -m venv "$cache" && "$cache/bin/pip" install --quiet "$suite"; }
# No list of expected failures lies beside the tool: every case has to pass.
status=0
"$cache/bin/pytest" --quiet --rootdir "$suite" "$suite/tuf_conformance" --entrypoint "$(realpath "$tool")" | tee "$cache/log" || status=$?
count() { grep -oE "[0-9]+ $1" "$cache/log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
echo "conformance: $(count passed) passed, $(count failed) failed"
exit "$status"
