#!/usr/bin/env bash
# The same near-and-alike queries in PostgreSQL and in a GMR-Tree: answers compared, times side by side.
#
#   examples/postgis/run.sh [--objects 200000] [--queries 50] [--out results/compare.json] [--small]
#
# Needs PostgreSQL with PostGIS and cube (Debian: apt-get install postgresql-15-postgis-3), and the built packages. Starts a cluster of its own
# in a temporary folder, on a socket there and on no port, and removes it at the end. Ends with 3 where PostgreSQL or PostGIS is missing.
set -eu
cd "$(dirname "$0")"
objects=200000 queries=50 out=
while [ $# -gt 0 ]; do
  case $1 in
    --objects) objects=$2; shift 2 ;;
    --queries) queries=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --small) objects=2000 queries=12; shift ;;
    *) echo "run.sh: knows --objects, --queries, --out and --small, got $1" >&2; exit 2 ;;
  esac
done

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(pg_config --bindir 2>/dev/null || true)
share=$("$bin/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$(basename "$(dirname "$bin")")")
if [ ! -x "$bin/initdb" ] || [ ! -e "$share/extension/postgis.control" ] || [ ! -e "$share/extension/cube.control" ]; then
  echo "run.sh: PostgreSQL with PostGIS and cube is missing (Debian: apt-get install postgresql-15-postgis-3)"
  exit 3
fi

folder=$(mktemp -d)
# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then as=(runuser -u postgres --); fi
cleanup() {
  "${as[@]}" "$bin/pg_ctl" -D "$folder/cluster" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

node objects.mjs "$folder" "$objects" "$queries"
cp near-and-alike.sql compare.sql "$folder"
if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$folder"; fi
cd "$folder"
"${as[@]}" "$bin/initdb" -D "$folder/cluster" -A trust --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log"; exit 1; }
# One backend, no parallel workers, so that times are those of one core; nothing here need survive a power cut.
"${as[@]}" "$bin/pg_ctl" -D "$folder/cluster" -l "$folder/server.log" -w -o "-k '$folder' -c listen_addresses='' -c fsync=off \
  -c max_parallel_workers_per_gather=0 -c shared_buffers=256MB -c jit=off" start >/dev/null || { cat "$folder/server.log"; exit 1; }
"${as[@]}" "$bin/psql" -q -h "$folder" -d postgres -f compare.sql >/dev/null
cd - >/dev/null
node report.mjs "$folder" $out
