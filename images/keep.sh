# Read by both entrypoints: how a PID 1 keeps programs running (docs/adr/0009-supervisor-in-sh.md).

# For Node, not for NGINX: what V8 allocates while it compiles comes in blocks of 32 kB, which the C library gives back to
# the system only if it mapped each by itself; and fewer heaps of the C library.
frugal='MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=32768'

say() {
  echo "${0##*/}: $*" >&2
}

# Whole seconds since the boot: nobody sets this clock.
now() {
  read -r seconds rest </proc/uptime
  echo "${seconds%.*}"
}

# Waits until a child has ended, and gives its code. `wait` alone also returns when a signal came.
await() {
  while
    wait "$1"
    code=$?
    kill -0 "$1" 2>/dev/null
  do :; done
  return "$code"
}

# Says that program $1 ended with code $2, having begun at $3. Waits before its next start: not after a first end, longer
# and longer after ends in quick succession.
back_off() {
  lived=$(($(now) - $3))
  if [ "$lived" -ge 5 ]; then quick=1; else quick=$((quick + 1)); fi
  delay=$((quick < 2 ? 0 : quick > 5 ? 10 : 1 << (quick - 2)))
  say "$1 ended with $2 after $lived s, starting it again in $delay s"
  if [ "$delay" -gt 0 ]; then
    sleep "$delay" &
    wait "$!"
  fi
}

# Keeps program $1, started by the other arguments, running until TERM, which it passes on. Gives up where the program
# does not know its arguments (code 2): they will not be better next time.
keep() {
  name=$1
  shift
  quick=0
  ending=
  child=
  trap 'ending=yes; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM
  until [ -n "$ending" ]; do
    began=$(now)
    "$@" &
    child=$!
    [ -z "$ending" ] || kill -TERM "$child"
    await "$child"
    code=$?
    child=
    [ -z "$ending" ] || return 0
    if [ "$code" -eq 2 ]; then
      say "$name refuses its arguments"
      return 2
    fi
    back_off "$name" "$code" "$began"
  done
}
