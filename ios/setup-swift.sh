#!/usr/bin/env bash
# setup-swift.sh: makes sure that there is a Swift 6 and prints where: `/` for this machine's own, else a root folder for
# swift-in.sh. Exit status 3 means that this machine cannot have one, so that the Swift suite is skipped.
#
# A Debian machine gets the Swift 6.0.3 of Debian 13 in a slim root folder of its own, made once in the cache folder,
# because no Swift 6 is packaged for Debian 12 and Debian 13's needs a newer C library.
set -euo pipefail

version=6.0.3
cache=${OTSUPPORT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otsupport}
root=$cache/swift-$version
whole=usr/share/otsupport-swift-is-whole

skip() { echo "ios: skipped: $*" >&2; exit 3; }

if command -v swift >/dev/null; then
    major=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\).*/\1/p' | head -1)
    if [ "${major:-0}" -ge 6 ]; then
        echo /
        exit 0
    fi
fi

[ "$(uname -s)" = Linux ] || skip "install Swift $version or newer"
[ "$(id -u)" = 0 ] || skip "Swift 6 is not installed, and only root can make a folder with it"
unshare --mount true 2>/dev/null || skip "Swift 6 is not installed, and this machine forbids mounting a folder with it"
if [ -e "$root/$whole" ]; then
    echo "$root"
    exit 0
fi

command -v apt-get >/dev/null || skip "Swift 6 is not installed, and there is no apt to fetch it with"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -E '/debian/?$' | head -1) || true
[ -n "$mirror" ] || skip "apt knows no Debian mirror to fetch Swift $version from (run apt-get update)"

# Two suites that start together make it once: the second waits here and finds it whole.
mkdir -p "$cache"
exec 9>"$root.lock"
flock 9
if [ -e "$root/$whole" ]; then
    echo "$root"
    exit 0
fi

# Three tries: a mirror that drops one of a hundred downloads is ordinary.
three_times() {
    local pause
    for pause in 0 5 15; do
        sleep "$pause"
        "$@" >&2 && return 0
        echo "ios: failed: $1" >&2
    done
    return 1
}

install_mmdebstrap() {
    apt-get update -q && apt-get install -yq --no-install-recommends mmdebstrap
}

# What neither a build nor a test needs: about half of the package.
left_out=(/usr/libexec/swift/lib/swift_static '/usr/libexec/swift/bin/lldb*' '/usr/libexec/swift/lib/liblldb*'
    /usr/libexec/swift/bin/docc /usr/libexec/swift/bin/clangd /usr/libexec/swift/bin/sourcekit-lsp
    /usr/share/doc /usr/share/man /usr/share/locale)

make_root() {
    local options=() path
    for path in "${left_out[@]}"; do
        options+=("--dpkgopt=path-exclude=$path" "--dpkgopt=path-exclude=$path/*")
    done
    rm -rf --one-file-system "$root.part"
    mmdebstrap --variant=apt --include=swiftlang,libc6-dev,libstdc++-14-dev \
        --aptopt='APT::Install-Recommends "false"' "${options[@]}" trixie "$root.part" "$mirror"
}

command -v mmdebstrap >/dev/null || three_times install_mmdebstrap || skip "mmdebstrap cannot be installed"
rm -rf --one-file-system "$root"
three_times make_root || { rm -rf --one-file-system "$root.part"; skip "Debian's Swift $version could not be fetched"; }
touch "$root.part/$whole"
mv "$root.part" "$root"
echo "$root"
