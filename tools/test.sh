# shellcheck shell=sh disable=SC2154
# The tests: read by ./run, which defines $here, $python, environment, apt_get, say and fail.
# Checks first, then pytest on SQLite, on PostgreSQL (a cluster of its own) and in Chromium.

part_failed=no
parts=''

find_chromium() {
  for candidate in ${KARYABINA_CHROMIUM:+"$KARYABINA_CHROMIUM"} \
    chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$candidate" 2>/dev/null; then return 0; fi
  done
  return 1
}

find_initdb() {
  if command -v initdb 2>/dev/null; then return 0; fi
  newest=''
  for candidate in /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb; do
    if [ -x "$candidate" ]; then newest=$candidate; fi
  done
  [ -n "$newest" ] && printf '%s\n' "$newest"
}

wanted_programs() {
  missing=''
  find_chromium >/dev/null || missing="chromium"
  case ${DATABASE_URL:-} in
    postgres*) ;;
    *) find_initdb >/dev/null || missing="${missing:+$missing }postgresql" ;;
  esac
  # Another program reads our journals and must come to the same balances.
  command -v hledger >/dev/null || missing="${missing:+$missing }hledger"
  if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one word a package
    apt_get "the tests" $missing || exit 1
  fi
  KARYABINA_CHROMIUM=$(find_chromium) || fail "Chromium was installed and still is not found."
  export KARYABINA_CHROMIUM
}

# PostgreSQL refuses to run as root: then its own user runs it.
as_database_user() {
  if is_root; then runuser -u postgres -- "$@"; else "$@"; fi
}

# A cluster in a temporary folder, reached only by a socket in that folder: it cannot meet another
# one. It syncs to disk like a real one.
start_cluster() {
  initdb=$(find_initdb) || fail "PostgreSQL was installed and still is not found."
  binaries=$(dirname -- "$initdb")
  cluster=$(mktemp -d /tmp/karyabina-pg.XXXXXX)
  if is_root; then chown postgres "$cluster"; fi
  (
    cd "$cluster"
    as_database_user "$initdb" -D "$cluster/data" -U postgres -A trust -E UTF8 --no-locale \
      >"$work/postgresql.log" 2>&1 &&
      as_database_user "$binaries/pg_ctl" -D "$cluster/data" -w -s -l "$cluster/server.log" \
        -o "-c listen_addresses= -c unix_socket_directories=$cluster -c fsync=on" start \
        >>"$work/postgresql.log" 2>&1
  ) || {
    tail -n 20 "$work/postgresql.log" "$cluster/server.log" >&2 || :
    fail "PostgreSQL could not be started."
  }
  cluster_url="postgres://postgres@$(printf '%s' "$cluster" | sed 's,/,%2F,g')/postgres"
}

clean_up() {
  if [ -n "${cluster:-}" ]; then
    (cd / && as_database_user "$binaries/pg_ctl" -D "$cluster/data" -s -m immediate stop) || :
    rm -rf -- "$cluster"
  fi
  if [ -n "${work:-}" ]; then rm -rf -- "$work"; fi
}

# part NAME PYTEST-ARGUMENTS... : one run of pytest. That nothing was collected (5) is judged at
# the end, over all parts.
part() {
  name=$1
  shift
  parts="$parts $name"
  say ""
  say "== $name =="
  status=0
  KARYABINA_COUNTS="$work/$name.json" "$python" -m pytest "$@" </dev/null || status=$?
  case $status in 0 | 5) ;; *) part_failed=yes ;; esac
}


run_tests() {
  environment test
  cd "$here"
  wanted_programs
  work=$(mktemp -d)
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  given_url=${DATABASE_URL:-}
  unset DATABASE_URL

  if [ $# -eq 0 ]; then
    say "== checks =="
    parts="checks"
    KARYABINA_COUNTS="$work/checks.json" "$python" -m tools.check || part_failed=yes
  fi

  quick='-n 2'
  if [ $# -ne 0 ]; then quick=''; fi
  # shellcheck disable=SC2086 # several words
  part sqlite -m "not browser" $quick "$@"

  case $given_url in
    postgres*) cluster_url=$given_url ;;
    *) start_cluster ;;
  esac
  export DATABASE_URL="$cluster_url"
  # What looks at the source alone is the same on both engines.
  # shellcheck disable=SC2086
  part postgresql -m "not browser" $quick --ignore=tests/architecture "$@"
  unset DATABASE_URL

  part browser -m browser "$@"

  say ""
  # shellcheck disable=SC2086 # one word a part
  "$python" -m tools.tally "$part_failed" "$work" $parts
}
