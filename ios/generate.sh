#!/usr/bin/env bash
# generate.sh: writes the generated Swift and its C header into the package, from the release library that cargo built.
# A file is touched only where it changed, so that nothing is compiled twice.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../target}/release

library=$target/libotsupport.so
[ -e "$library" ] || library=$target/libotsupport.dylib
if [ ! -e "$library" ] || [ ! -x "$target/otsupport-bindgen" ]; then
    echo "ios: build the core first: cargo build --release" >&2
    exit 1
fi

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# The tool asks cargo about the workspace, so it runs where cargo finds it.
(cd .. && "$target/otsupport-bindgen" --library "$library" --language swift --out "$made")

place() {
    cmp -s "$made/$1" "$2/$1" || { mkdir -p "$2" && cp "$made/$1" "$2/$1"; }
}
place OTSupportCore.swift Sources/OTSupportCore
place otsupportFFI.h Sources/otsupportFFI
