#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET]…: lets libFuzzer look for that long, in each target or those named, for bytes that a parser of what
# comes over the network does not stand. Prints a line for each; a finding is kept and fails the run.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?how many seconds for each target}
shift
corpus=tests/fuzz/corpus
# shellcheck disable=SC2046 # Names of targets hold no spaces.
[ $# -gt 0 ] || set -- $(ls "$corpus")
for target in "$@"; do
  [ -d "$corpus/$target" ] || { echo "fuzz: there is no target $target, but $(ls "$corpus" | xargs)" >&2; exit 2; }
done

# As cargo-fuzz builds: the compiler's own coverage and address sanitizer, which the stable one carries and hides. Given a
# target, Cargo leaves build scripts and macros without them.
place=${CARGO_TARGET_DIR:-target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$coverage -Zsanitizer=address" ${CARGO:-cargo} build --locked --release --quiet \
  --manifest-path tests/fuzz/Cargo.toml --target "$host" --target-dir "$place"
fuzzer=$place/$host/release/otsupport-fuzz

number() { sed -nE "s/^stat::$1: *([0-9]+)$/\1/p" "$log" | tail -n 1; }

failed=0
for target in "$@"; do
  grown=$place/corpus/$target findings=$place/findings/$target log=$place/$target.log
  mkdir -p "$grown" "$findings"
  from=$(date +%s) found=0
  # What it learns goes to the first folder; the repository's own stays as it is.
  ASAN_OPTIONS=quarantine_size_mb=32 OTSUPPORT_FUZZ=$target "$fuzzer" "$grown" "$corpus/$target" -max_total_time="$seconds" \
    -dict=tests/fuzz/words.dict -max_len=16384 -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=8 \
    -artifact_prefix="$findings/" -print_final_stats=1 >"$log" 2>&1 || found=1
  printf '%-16s %5d seconds %11s executions %7s a second %2d findings\n' \
    "$target" "$(($(date +%s) - from))" "$(number number_of_executed_units)" "$(number average_exec_per_sec)" "$found"
  [ "$found" = 1 ] || continue
  failed=1
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  grep -aE -m 1 -A 1 'panicked at|^==[0-9]+== ?ERROR' "$log" | sed 's/^/  /' || true
  echo "  input: ${input:-none; see $log}"
  [ -z "$input" ] || echo "  again: OTSUPPORT_FUZZ=$target $fuzzer $input"
done
exit "$failed"
