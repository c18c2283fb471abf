#!/bin/sh
# Installs Debian packages that are missing.
# usage: scripts/debian_packages.sh PACKAGE...
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install what your system calls$missing, and repeat." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    run=
elif sudo -n true 2>/dev/null; then
    run=sudo
else
    echo "The tests need Debian packages that are missing. Please run, and repeat:" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installing$missing ..."
export DEBIAN_FRONTEND=noninteractive
# The lists may be missing or old; the second try has fresh ones.
# shellcheck disable=SC2086 # words, on purpose
$run apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
    $run apt-get update -qq
    $run apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
