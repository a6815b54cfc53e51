#!/bin/sh
# The demo on a machine where nothing is prepared: first the packages, then their Node.
set -eu
cd "$(dirname "$0")/.."
sh scripts/install.sh
PATH="$PWD/node_modules/.bin:$PATH"
exec node scripts/demo.ts "$@"
