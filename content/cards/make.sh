#!/usr/bin/env bash
# Makes the how-to cards with pinned tools of their own, kept outside the checkout.
set -euo pipefail
cd "$(dirname "$0")"
tools="${XDG_CACHE_HOME:-$HOME/.cache}/otsupport/cards-$(sha256sum requirements.txt | cut -c1-12)"
if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  python3 -m venv "$tools"
  for try in 1 2 3; do
    "$tools/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt && break
    [ "$try" -lt 3 ]
  done
  touch "$tools/ready"
fi
exec "$tools/bin/python" cards.py
