#!/usr/bin/env bash
# Proves the two commands of the README where nothing is prepared: a Debian bookworm with only git and npm, as a user
# who is not root. It clones HEAD, runs the demo until it answers, edits a route, stops it, and runs `npm test`.
#
#   sudo scripts/chroot-proof.sh [FOLDER]     needs debootstrap and curl; FOLDER (default /var/tmp/portico-chroot) is kept
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'chroot-proof: needs root to make a chroot' >&2; exit 3; }
# In a mount namespace of our own, mounts end with us.
[ -n "${PORTICO_PROOF:-}" ] || PORTICO_PROOF=1 exec unshare --mount --propagation private "$0" "$@"

repository=$(cd "$(dirname "$0")/.." && pwd)
root=${1:-/var/tmp/portico-chroot}
mirror=${MIRROR:-http://deb.debian.org/debian}
user=4711 # an id that nobody has, so that what it leaves behind is found
home=/home/proof
demo=

say() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }
fail() { printf 'chroot-proof: %s\n' "$*" >&2; exit 1; }

as_user() { # COMMAND: in the chroot, with nothing of this environment but the way out of it
  local way_out=() variable
  for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS; do
    [ -z "${!variable:-}" ] || way_out+=("$variable=${!variable}")
  done
  chroot --userspec=$user:$user --groups=$user "$root" /usr/bin/env -i "${way_out[@]}" \
    HOME=$home PATH=/usr/bin:/bin LANG=C.UTF-8 sh -c "cd $home && $1"
}

leftovers() { pgrep -a -u $user || true; }

finish() {
  [ -z "$demo" ] || kill -TERM -- "-$demo" 2>/dev/null || true
  rm -f "$root$home/portico.bundle"
}
trap finish EXIT

make_chroot() {
  [ ! -e "$root/etc/proof-ready" ] || return 0
  say "debootstrap bookworm into $root"
  debootstrap --variant=minbase bookworm "$root" "$mirror"
  reach_out
  chroot "$root" apt-get -q update
  chroot "$root" apt-get -q install --yes --no-install-recommends git npm
  chroot "$root" useradd --create-home --home-dir $home --uid $user proof
  touch "$root/etc/proof-ready"
}

reach_out() { # how this machine reaches mirrors and registries: names, proxies, certificates
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  apt-config dump | grep '^Acquire::' | grep -v IndexTargets >"$root/etc/apt/apt.conf.d/99proof"
  mkdir -p "$root/etc/ssl/certs"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  [ ! -e /etc/npmrc ] || cp /etc/npmrc "$root/etc/npmrc"
}

clone() {
  say 'git clone'
  git -C "$repository" bundle create --quiet "$root$home/portico.bundle" HEAD
  rm -rf "${root:?}$home"/{portico,.cache,.npm}
  as_user 'git -c advice.detachedHead=false clone --quiet portico.bundle portico'
}

ask() { curl --silent --fail --max-time 5 "$@"; }

prove_demo() {
  say 'npm run demo'
  local log="$root$home/demo.log" shop
  set -m # a process group of its own: Ctrl-C reaches a group
  as_user 'rm -f demo.log && cd portico && exec npm run demo >>../demo.log 2>&1' &
  demo=$!
  set +m
  ask --retry 300 --retry-delay 1 --retry-all-errors -H 'Host: shop.localhost' http://127.0.0.1:8080/shop/proof |
    grep -q '"url":"/proof"' || { cat "$log"; fail 'the rewrite does not answer'; }
  say 'the demo answers'
  ask --insecure --resolve vault.localhost:8443:127.0.0.1 https://vault.localhost:8443/ >/dev/null || fail 'no TLS'
  ask -H 'Host: acme.tenants.localhost' http://127.0.0.1:8080/ >/dev/null || fail 'no wildcard'
  ask -H 'Host: archive.localhost' http://127.0.0.1:8080/ >/dev/null || fail 'no legacy object'
  until grep -q 'Ctrl-C' "$log"; do sleep 0.1; done
  shop=$root$(grep -o '/tmp/.*/shop.yaml' "$log")
  sed -i 's|path: /shop|path: /store|' "$shop"
  sleep 1
  ask -H 'Host: shop.localhost' http://127.0.0.1:8080/store/proof >/dev/null || fail 'no answer 1 s after an edit'
  kill -INT -- "-$demo"
  local code=0
  wait "$demo" || code=$?
  [ $code = 0 ] || [ $code = 130 ] || { cat "$log"; fail "the demo ended with $code"; } # 130: npm's answer to Ctrl-C
  demo=
  [ -z "$(leftovers)" ] || fail "left running: $(leftovers)"
  [ -z "$(ls -d "$root"/tmp/portico-* 2>/dev/null)" ] || fail "left behind: $(ls -d "$root"/tmp/portico-*)"
  cat "$log"
}

prove_tests() {
  say 'npm test'
  as_user 'cd portico && npm test' || fail 'npm test'
  [ -z "$(leftovers)" ] || fail "left running: $(leftovers)"
}

make_chroot
reach_out
mount -t proc proc "$root/proc"
clone
prove_demo
prove_tests
say 'both commands do what the README says'
