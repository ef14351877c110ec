#!/usr/bin/env bash
# Runs every suite, or those named, and ends with a line for each. Under CI=true a skipped suite is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
suites=("$@")
[ $# -gt 0 ] || suites=(rust recurrence envelope browser android ios)

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
lines=()
failed=0

say() { printf '\n\033[1m%s\033[0m\n' "$1"; }

# Packages of a registry may answer late: what was fetched once stays fetched.
retry() {
  local try
  for try in 1 2 3; do
    "$@" && return 0
    echo "try $try of 3 failed: $*" >&2
  done
  return 1
}

needs() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; return 3; }
  done
}

# Everything that the suites share, built once.
build() {
  needs cargo cc || return
  retry cargo fetch --locked --quiet || return
  # With the tests: their dependencies switch on features of shared ones, and nothing is to be built twice.
  cargo build --locked --release --workspace --all-targets
}

rust() {
  cargo fmt --all --check || return
  cargo clippy --locked --release --workspace --all-targets -- --deny warnings || return
  # The profile that ships an unwinding, stripped library is checked by `make phone`.
  cargo test --locked --release --workspace --no-fail-fast 2>&1 | tee "$logs/cargo"
  local status=${PIPESTATUS[0]}
  awk '/^test result:/ {passed += $4; failed += $6} END {printf "rust: %d passed, %d failed\n", passed, failed}' "$logs/cargo"
  return "$status"
}

recurrence() { tests/recurrence.sh; }

envelope() { tests/envelope.sh; }

browser() { tests/browser.sh; }

android() { android/test.sh; }

ios() { ios/test.sh; }

run() {
  say "$1"
  "$1" 2>&1 | tee "$logs/$1"
  local status=${PIPESTATUS[0]} counts
  counts=$(grep -aE '^[a-z-]+: [0-9]+ passed, [0-9]+ failed$' "$logs/$1")
  case "$status" in
    0) lines+=("${counts:-$1: done}") ;;
    3)
      lines+=("$1: skipped: $(tail -n 1 "$logs/$1")")
      [ "${CI:-}" != true ] || failed=1
      ;;
    *)
      lines+=("${counts:-$1: FAILED}")
      [ -z "$counts" ] || lines+=("$1: FAILED")
      failed=1
      ;;
  esac
}

say build
build || exit 1
for suite in "${suites[@]}"; do run "$suite"; done

printf '\n'
printf '%s\n' "${lines[@]}"
exit "$failed"
