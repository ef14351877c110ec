#!/bin/sh
# Tests the Android front end on this machine. Cargo must have built the library, the bindings' generator and the hub before:
#   cargo build --release -p otsupport -p otsupport-bindgen -p otsupport-hub
# Ends with one line per suite. Exit status: 0 all passed, 1 something failed, 3 skipped.
set -eu

android=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$android")
rust="$root/target/release"
library="$rust/libotsupport.so"
[ -e "$library" ] || library="$rust/libotsupport.dylib"

sh "$android/setup.sh"
for file in "$library" "$rust/otsupport-bindgen" "$rust/otsupport-hub"; do
    if [ ! -e "$file" ]; then
        echo "android: $file is missing; build the Rust side first" >&2
        exit 1
    fi
done

# Nothing of an earlier run may count.
rm -rf "$android/core/target/surefire-reports" "$android/app/target/surefire-reports" "$android/core/target/generated"
rm -rf "$android/app/target/assets" "$android/app/target/keys"
(cd "$root" && "$rust/otsupport-bindgen" --library "$library" --language kotlin --out "$android/core/target/generated")

# The app carries the site of the day on which it is built.
"$rust/otsupport-hub" keys new --out "$android/app/target/keys" >&2
"$rust/otsupport-hub" publish --content "$root/content" --site "$android/app/target/assets/site" --keys "$android/app/target/keys" >&2
# The pages are for browsers.
rm -rf "$android/app/target/assets/site/read" "$android/app/target/assets/site/s"

status=0
mvn -B -q -f "$android/pom.xml" -fae verify || status=1

count() { # module
    cat "$android/$1/target/surefire-reports/"*.txt 2>/dev/null | awk -v suite="android-$1" -F'[:,]' '
        /^Tests run:/ { ran += $2; failed += $4 + $6; skipped += $8 }
        END { printf "%s: %d passed, %d failed\n", suite, ran - failed - skipped, failed; exit ran == 0 || failed > 0 }'
}
# Maven's last escape codes have no line of their own; the lines below do.
echo
count core || status=1
count app || status=1
exit $status
