#!/bin/sh
# PID 1 of the NGINX container: keeps NGINX and the agent running, neither of them an ancestor of the other. Arguments go
# to the agent.
set -u
home=${PORTICO_HOME:-/opt/portico}
state=${PORTICO_STATE:-/run/portico}
. "$home/keep.sh"
# The agent's hot code is small: Maglev answers names as fast as TurboFan, which costs 5 MB more wherever it is used.
agent=${PORTICO_AGENT:-env $frugal node --max-semi-space-size=1 --optimize-for-size --no-sparkplug --no-opt $home/agent.mjs}
nginx=${NGINX_BINARY:-nginx}
run=$state/run
conf=$run/current/nginx.conf
draining='*is shutting down*'

# Finds the pids of NGINX, its master and workers or the orphans of a master that is gone; leaves out titles like $1.
find_nginx() {
  except=${1-}
  pids=
  for folder in /proc/[0-9]*; do
    title=
    { read -r title <"$folder/cmdline"; } 2>/dev/null
    case $title in
    $except) continue ;;
    'nginx: '*) ;;
    *) continue ;;
    esac
    { read -r stat <"$folder/stat"; } 2>/dev/null || continue
    # After the name: state, parent, process group.
    set -- ${stat##*) }
    [ "$3" != "$group" ] || pids="$pids ${folder#/proc/}"
  done
}

# Workers whose master was killed accept for ever, with the configuration that they have, and a new master cannot bind.
# QUIT makes them finish what they began; those that do not obey within a second are killed.
retire_orphans() {
  find_nginx "$draining"
  [ -n "$pids" ] || return 0
  kill -QUIT $pids 2>/dev/null
  looks=0
  while find_nginx "$draining" && [ -n "$pids" ] && [ "$looks" -lt 50 ]; do
    sleep 0.02
    looks=$((looks + 1))
  done
  [ -z "$pids" ] || kill -KILL $pids 2>/dev/null
}

# NGINX does not start where a killed master left its sockets.
remove_sockets() {
  for file in "$run"/*; do
    [ ! -S "$file" ] || rm -f "$file"
  done
}

# Not ready any more, still accepting while the world takes notice, then finishing what began; the agent answers names
# until the last worker is gone.
end() {
  trap '' TERM INT
  say "ending: NGINX accepts for another ${SHUTDOWN_GRACE_PERIOD:-10} s"
  rm -f "$run/ready"
  sleep "${SHUTDOWN_GRACE_PERIOD:-10}"
  if [ -n "$master" ] && kill -QUIT "$master" 2>/dev/null; then await "$master"; fi
  retire_orphans
  while find_nginx && [ -n "$pids" ]; do sleep 0.1; done
  kill -TERM "$keeper" 2>/dev/null
  await "$keeper"
  touch "$state/report/ended"
  exit 0
}

ending=
master=
quick=0
trap 'ending=yes' TERM INT
read -r _ _ _ _ group _ </proc/self/stat
rm -f "$run/answering" "$run/ready" "$state/report/ended"
# Unquoted: a command and its arguments.
keep agent $agent --state-dir "$state" "$@" &
keeper=$!

# NGINX asks for its Pods once when it starts, and again a second later: so the agent comes first. But the last good
# configuration is better than none, whatever keeps the agent.
looks=0
until [ -n "$ending" ] || { [ -e "$conf" ] && { [ -e "$run/answering" ] || [ "$looks" -ge 60 ]; }; }; do
  # Nobody else would write a first configuration.
  kill -0 "$keeper" 2>/dev/null || [ -e "$conf" ] || exit 2
  sleep 0.05
  looks=$((looks + 1))
done

until [ -n "$ending" ]; do
  retire_orphans
  remove_sockets
  began=$(now)
  "$nginx" -p "$run" -c "$conf" -e stderr -g 'daemon off;' &
  master=$!
  # Set only now, so that it never runs without knowing whom to end.
  trap end TERM INT
  [ -z "$ending" ] || end
  await "$master"
  code=$?
  master=
  trap 'ending=yes' TERM INT
  back_off NGINX "$code" "$began"
done
end
