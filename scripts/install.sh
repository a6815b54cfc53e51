#!/bin/sh
# Installs the packages where they are missing, incomplete or older than the lock file.
# npm leaves out optional packages that do not want the Node it runs on, without a word: with Debian 12's Node 18 these
# are the native parts of the linter and of Vitest. So where Node is older than ours, npm runs on ours.
set -eu
cd "$(dirname "$0")/.."
installed=node_modules/.package-lock.json
if [ -e "$installed" ] && ! [ package-lock.json -nt "$installed" ] && ls -d node_modules/@oxlint/binding-* >/dev/null 2>&1; then
  exit 0
fi
echo 'Installing packages (npm ci, 15 to 30 s) …' >&2
rm -rf node_modules
if [ "$(node -p 'parseInt(process.versions.node)')" -ge 24 ]; then
  npm ci --include=dev --loglevel=error >&2
else
  ours=$(node -p 'require("./package.json").devDependencies.node')
  npm exec --yes --loglevel=error --package="node@$ours" --package=npm@11 -- npm ci --include=dev --loglevel=error >&2
fi
