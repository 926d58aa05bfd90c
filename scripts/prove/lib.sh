# Shared by the proofs that are scripts of their own; source it. After `workspace NAME` there are: $NAME, $WORK (an empty folder
# that goes away at the end, with the cluster in it), $CADASTRE_MASTERS once `start_cluster` ran, and `check` with `verdict`.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# usage line, then the arguments; sets $SMALL and the variables that are named like the options: --base-port PORT, --seed SEED
arguments() {
  local usage=$1
  shift
  SMALL=
  while [ $# -gt 0 ]; do
    case $1 in
      --small) SMALL=yes ;;
      --base-port) PORT=${2:?"$usage"}; shift ;;
      --seed) [ -n "${SEED:-}" ] || die "$usage"; SEED=${2:?"$usage"}; shift ;;
      *) die "$usage" ;;
    esac
    shift
  done
}

workspace() {
  NAME=$1 bad=0
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/cadastre-$NAME.XXXXXX")
  trap clean EXIT
  export CADASTRE_LOGS_DIR=$WORK/logs
  export CADASTRE_CLI_OPTS="-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Duser.home=$WORK"
}

clean() {
  cadastre local stop --dir "$WORK/cluster" >/dev/null 2>&1 || true
  chmod -R u+rwX "$WORK" 2>/dev/null || true
  rm -rf "$WORK"
}

start_cluster() {
  cadastre local start --masters 3 --dir "$WORK/cluster" --base-port "$PORT"
  export CADASTRE_MASTERS=127.0.0.1:$((PORT + 1)),127.0.0.1:$((PORT + 4)),127.0.0.1:$((PORT + 7))
}

leader_pid() { cadastre --json local status --dir "$WORK/cluster" | tr '{' '\n' | grep LEADER | field pid; }

# Sum of a metric over the masters that run; that none of them has it is an error.
metric() { # name as in /metrics
  local http value sum=0 found=0
  for http in $((PORT + 2)) $((PORT + 5)) $((PORT + 8)); do
    value=$({ exec 3<>"/dev/tcp/127.0.0.1/$http" && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3; } 2>/dev/null | sed -n "s/^$1 \([0-9]*\).*/\1/p" || true)
    [ -z "$value" ] || found=$((found + 1))
    sum=$((sum + ${value:-0}))
  done
  [ "$found" -gt 0 ] || die "No master tells of $1"
  echo "$sum"
}

# The folders d0, d1, ... with as many empty files f1, f2, ... in each.
make_files() { # folder, directories, files in each
  local d
  for ((d = 0; d < $2; d++)); do
    mkdir -p "$1/d$d"
    (cd "$1/d$d" && eval "touch f{1..$3}")
  done
}

check() { # what, command...
  local what=$1
  shift
  if "$@"; then echo "  ok    $what"; else echo "  WRONG $what"; bad=$((bad + 1)); fi
}

# The first value of a field in JSON lines.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([0-9A-Za-z_]*\).*/\1/p" | head -n 1; }

# Files per second of $FILES files in so many milliseconds.
rate() { echo $((FILES * 1000 / ($1 > 0 ? $1 : 1))); }

verdict() { # what else to say of a failure
  if [ "$bad" -eq 0 ]; then echo "PASS $NAME"; else echo "FAIL $NAME: $bad checks${1:+, $1}"; exit 1; fi
}
