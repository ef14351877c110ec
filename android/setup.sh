#!/bin/sh
# Installs what the tests need from Debian, if it is missing. Ends with 3 where it may not: the suite is then skipped.
set -eu

missing=""
need() { # what to look for, package
    if ! eval "$1" >/dev/null 2>&1; then missing="$missing $2"; fi
}
need 'command -v javac' openjdk-17-jdk-headless
need 'command -v mvn' maven
need 'command -v unzip' unzip
# Robolectric draws the screens with the machine's own OpenGL library and fonts.
need 'ldconfig -p | grep -q libGL.so.1' libgl1
need 'command -v fc-list' fontconfig
need 'test -d /usr/share/fonts/truetype/dejavu' fonts-dejavu-core

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "android: skipped, because this machine lacks:$missing" >&2
    exit 3
fi
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
