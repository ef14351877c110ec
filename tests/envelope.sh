#!/usr/bin/env bash
# Holds the sealed enquiry against a second implementation under Node (tests/tests/envelope_peer.rs, tests/envelope). OTSUPPORT_SEED
# repeats a run. Needs Node 20 or newer with npm. Ends with `envelope: N passed, M failed`. Exit status 3: skipped, with the reason on stderr.
set -uo pipefail
cd "$(dirname "$0")/.."
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "envelope: $tool is not installed" >&2; exit 3; }
done
version=$(node --version)
major=${version#v}
[ "${major%%.*}" -ge 20 ] || { echo "envelope: Node 20 or newer is needed, and this is $version" >&2; exit 3; }

# A folder of its own for each list of pins, outside the checkout.
pins=(tests/envelope/package.json tests/envelope/package-lock.json)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/envelope/$(cat "${pins[@]}" | cksum | cut -d ' ' -f 1)
if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  cp "${pins[@]}" "$tools"
  for try in 1 2 3; do
    npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --loglevel=error && touch "$tools/ready" && break
    echo "envelope: try $try of 3 to install the packages failed" >&2
  done
  [ -e "$tools/ready" ] || { echo "envelope: 0 passed, 1 failed"; exit 1; }
fi
export ENVELOPE_PACKAGES=$tools

log=$(mktemp)
trap 'rm -f "$log"' EXIT
cargo test --locked --release --workspace --test envelope_peer -- --ignored --nocapture 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
passed=$(awk '/^test result:/ {passed += $4} END {print passed + 0}' "$log")
failed=$(awk '/^test result:/ {failed += $6} END {print failed + 0}' "$log")
# A run that ended early, or ran nothing, is a failure that no test could report.
if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
  failed=1
fi
echo "envelope: $passed passed, $failed failed"
[ "$failed" = 0 ]
