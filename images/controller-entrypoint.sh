#!/bin/sh
# PID 1 of the controller container: keeps the controller running. Arguments go to the controller.
set -u
home=${PORTICO_HOME:-/opt/portico}
state=${PORTICO_STATE:-/run/portico}
. "$home/keep.sh"
controller=${PORTICO_CONTROLLER:-env $frugal node --max-semi-space-size=4 --heap-growing-percent=50 $home/controller.mjs}

# The controller feeds endpoints as long as NGINX finishes what it began.
end() {
  trap '' TERM INT
  say "ending: the controller goes on until NGINX has ended, for ${TERMINATION_LIMIT:-60} s at most"
  limit=$(($(now) + ${TERMINATION_LIMIT:-60}))
  until [ -e "$state/report/ended" ] || [ "$(now)" -ge "$limit" ]; do sleep 0.1; done
  kill -TERM "$keeper" 2>/dev/null
  await "$keeper"
  exit 0
}

ending=
trap 'ending=yes' TERM INT
# Unquoted: a command and its arguments.
keep controller $controller --state-dir "$state" "$@" &
keeper=$!
trap end TERM INT
[ -z "$ending" ] || end
await "$keeper"
