#!/usr/bin/env bash
# Runs the tests that need a real browser (tests/tests/browser.rs). As root on Debian it installs one if there is none.
# Ends with `browser: N passed, M failed`. Exit status 3: skipped, with the reason on stderr.
set -uo pipefail
cd "$(dirname "$0")/.."

find_browser() {
  local name
  for name in "${CHROMIUM:-chromium}" chromium google-chrome; do
    CHROMIUM=$(command -v "$name") && "$CHROMIUM" --version 2>/dev/null && return
  done
  return 1
}

# With letters for Arabic: without them the tests would look at empty boxes.
install_browser() {
  [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null || return
  export DEBIAN_FRONTEND=noninteractive
  local try
  for try in 1 2 3; do
    apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium fonts-noto-core && return
    echo "browser: try $try of 3 to install chromium failed" >&2
  done
  return 1
}

find_browser || { install_browser && find_browser; } || {
  echo "browser: neither chromium nor google-chrome is here, and it can be installed as root on Debian only" >&2
  exit 3
}
export CHROMIUM

log=$(mktemp)
trap 'rm -f "$log"' EXIT
cargo test --locked --release --workspace --test browser -- --ignored 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
passed=$(awk '/^test result:/ {passed += $4} END {print passed + 0}' "$log")
failed=$(awk '/^test result:/ {failed += $6} END {print failed + 0}' "$log")
# A run that ended early, or ran nothing, is a failure that no test could report.
if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
  failed=1
fi
echo "browser: $passed passed, $failed failed"
[ "$failed" = 0 ]
