#!/usr/bin/env bash
# Prints how well search finds what families and school staff look for, beside its peers in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cargo build --locked --release --quiet --workspace --bin eval_search
CARGO_TARGET_DIR=target/peers cargo build --locked --release --quiet --manifest-path tests/search/peers/Cargo.toml
target/release/eval_search export "$folder"
target/peers/release/otsupport-search-peers rank "$folder"
# The sentence model needs Python; where it cannot be had, the table is printed without it.
if python="$(meaning/make.sh --tools)"; then
  "$python" -B tests/search/minilm.py "$folder"
else
  echo "the sentence model is not here: it needs Python 3.11 to 3.13 and npm" >&2
fi
target/release/eval_search report "$folder"
