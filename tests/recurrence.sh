#!/usr/bin/env bash
# recurrence.sh [CASES] [SEED]: random cases of recurrence, ours beside python-dateutil's answer to each; then the calendars that we print,
# as another library reads them. JOBS=2 uses two processes.
# Needs Python 3.10 or newer with venv. Ends with `recurrence: N passed, M failed`; exit status 3: skipped, with the reason on stderr.
set -euo pipefail
cases=${1:-20000}
seed=${2:-}
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "recurrence: python3 is not installed" >&2; exit 3; }
cargo build --locked --release --quiet --workspace --bin recurrence --bin otsupport --bin otsupport-hub
programs=${CARGO_TARGET_DIR:-target}/release

# A venv of its own for each list of pins.
pins=tests/recurrence/requirements.txt
tools=${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/recurrence/$(cksum <"$pins" | cut -d ' ' -f 1)
if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools" || { echo "recurrence: python3 has no venv" >&2; exit 3; }
  for try in 1 2 3; do
    "$tools/bin/pip" install --quiet --no-deps --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$pins" && break
    [ "$try" -lt 3 ]
  done
  touch "$tools/ready"
fi
status=0
"$tools/bin/python" tests/recurrence/random_cases.py --cases "$cases" ${seed:+--seed "$seed"} --jobs "${JOBS:-1}" "$programs/recurrence" || status=$?
"$tools/bin/python" tests/recurrence/calendar_out.py "$programs" || status=$?
exit "$status"
