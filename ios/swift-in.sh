#!/usr/bin/env bash
# swift-in.sh ROOT DIR COMMAND…: runs a command in DIR with the Swift that setup-swift.sh found.
#
# ROOT `/` is this machine's own Swift. Any other ROOT becomes the command's root folder, with DIR (and cargo's target
# folder, wherever it is) in it under the same path, so that paths mean the same inside and outside. The mounts live in
# the command's own mount namespace: whatever happens to it, nothing stays mounted.
set -euo pipefail
root=$1 dir=$2
shift 2

if [ "$root" = / ]; then
    cd "$dir"
    exec "$@"
fi

# Swift does not start without /proc. A /tmp of its own leaves nothing behind in the cached root.
exec unshare --mount --propagation private /bin/bash -euc '
    root=$1 dir=$2
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/tmp"
    for shared in "$dir" "${CARGO_TARGET_DIR:-$dir}"; do
        mkdir -p "$root$shared"
        mount --bind "$shared" "$root$shared"
    done
    exec chroot "$root" /usr/bin/env HOME=/root LANG=C.UTF-8 /bin/sh -euc "cd \"\$0\"; exec \"\$@\"" "$dir" "$@"
' sh "$root" "$dir" "$@"
