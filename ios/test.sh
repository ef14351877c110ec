#!/usr/bin/env bash
# test.sh: generates the Swift bindings, checks the style and the app's syntax, and tests the package over the real
# library and a real hub. Ends with `ios: N passed, N failed`. Exit status 3: skipped, with the reason on stderr.
#
# It needs the core's release build: cargo build --release.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
checkout=$(dirname "$here")
target=${CARGO_TARGET_DIR:-$checkout/target}
target=$(cd "$target" && pwd)/release
root=$(./setup-swift.sh)
if [ ! -x "$target/otsupport-hub" ]; then
    echo "ios: build the hub first: cargo build --release" >&2
    exit 1
fi
swift() { ./swift-in.sh "$root" "$checkout" "$@"; }

./generate.sh

sources=(ios/Package.swift ios/App ios/Sources/OTSupport ios/Sources/OTSupportModel ios/Tests)
echo "ios: style"
swift swift format lint --strict --recursive --parallel --configuration ios/.swift-format "${sources[@]}"

# Apple's SDK is not needed to read a file's grammar; nothing here says that the app's views type-check.
echo "ios: syntax of App/"
for view in App/*.swift; do
    swift swiftc -frontend -parse -parse-as-library "ios/$view"
done

# The static library, in a folder where the linker finds no shared one to prefer.
mkdir -p .build/core
ln -sfn "$target/libotsupport.a" .build/core/libotsupport.a
# SwiftPM does not look at a library's age.
for linked in .build/debug/*.xctest; do
    [ "$target/libotsupport.a" -ot "$linked" ] || rm -rf "$linked"
done

# Debian's Swift 6.0.3 ships an Observation library with one symbol undefined that nothing calls.
echo "ios: tests"
status=0
limit=()
# A hub that never answers must not hold a build up for ever. (macOS has no timeout.)
command -v timeout >/dev/null && limit=(timeout --kill-after=10 600)
export OTSUPPORT_HUB=$target/otsupport-hub
swift ${limit[@]+"${limit[@]}"} swift test --package-path ios --disable-xctest \
    -Xlinker --allow-shlib-undefined -Xlinker "-L$here/.build/core" 2>&1 | tee .build/test.log || status=$?

passed=$(grep -cE '^✔ Test .* passed after' .build/test.log || true)
failed=$(grep -cE '^✘ Test .* failed after' .build/test.log || true)
# The summary line of the whole run reads like a test's own.
grep -qE '^✔ Test run with' .build/test.log && passed=$((passed - 1))
grep -qE '^✘ Test run with' .build/test.log && failed=$((failed - 1))
# A run that ended early, or ran nothing, is a failure that no test could report.
if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
    failed=1
fi
echo "ios: $passed passed, $failed failed"
[ "$failed" = 0 ]
