#!/usr/bin/env bash
# recurrence.sh [CASES] [SEED]: random cases of recurrence, ours beside python-dateutil's answer to each. JOBS=2 uses two processes.
# Needs Python 3.10 or newer with venv. Ends with `recurrence: N passed, M failed`; exit status 3: skipped, with the reason on stderr.
set -euo pipefail
cases=${1:-20000}
seed=${2:-}
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "recurrence: python3 is not installed" >&2; exit 3; }
cargo build --locked --release --quiet --workspace --bin recurrence
program=${CARGO_TARGET_DIR:-target}/release/recurrence

# A venv of its own for each list of pins.
pins=tests/recurrence/requirements.txt
tools=${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/recurrence/$(cksum <"$pins" | cut -d ' ' -f 1)
if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools" || { echo "recurrence: python3 has no venv" >&2; exit 3; }
  for try in 1 2 3; do
    "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$pins" && break
    [ "$try" -lt 3 ]
  done
  touch "$tools/ready"
fi
exec "$tools/bin/python" tests/recurrence/random.py --cases "$cases" ${seed:+--seed "$seed"} --jobs "${JOBS:-1}" "$program"
