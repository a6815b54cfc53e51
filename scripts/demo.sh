#!/bin/sh
# Installs the packages where they are missing or old, then runs the demo with the Node that is among them.
set -eu
cd "$(dirname "$0")/.."
installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  echo 'Installing packages (npm ci, about 15 s) …' >&2
  npm ci --include=dev --loglevel=error >&2
fi
PATH="$PWD/node_modules/.bin:$PATH"
exec node scripts/demo.ts "$@"
