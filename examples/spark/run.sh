#!/usr/bin/env bash
# Trained models and GMR-Tree buffers inside Spark, compared with the TypeScript packages.
#
#   examples/spark/run.sh [--trips 1000000] [--sample 10000] [--objects 1000000] [--queries 200] [--shards 4] [--brute 5] [--alone 3] [--scans 3]
#                         [--memory 2g] [--cores "1 2"] [--data PATH] [--model FILE] [--results FOLDER] [--only trips|objects] [--small]
#
# Needs Java 17 or newer, Python 3.9 or newer and the built packages; makes a Python environment of its own in .cache/venv (900 MB). Ends with 3 where
# Java or Python is missing. Works in a temporary folder, which it removes.
set -eu
cd "$(dirname "$0")"
trips=1000000 sample=10000 objects=1000000 queries=200 shards=4 brute=5 alone=3 scans=3 memory=2g cores="1 2" data= results= only=
model=../../packages/e2dtc/test/golden/city-lonlat.onnx
while [ $# -gt 0 ]; do
  case $1 in
    --trips) trips=$2; shift 2 ;;
    --sample) sample=$2; shift 2 ;;
    --objects) objects=$2; shift 2 ;;
    --queries) queries=$2; shift 2 ;;
    --shards) shards=$2; shift 2 ;;
    --brute) brute=$2; shift 2 ;;
    --alone) alone=$2; shift 2 ;;
    --scans) scans=$2; shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --cores) cores=$2; shift 2 ;;
    --data) data=$2; shift 2 ;;
    --model) model=$2; shift 2 ;;
    --results) results=$2; shift 2 ;;
    --small) trips=1500 sample=500 objects=5000 queries=40 brute=2 alone=1 scans=2 cores=2; shift ;;
    *) echo "run.sh: knows the options that its head lists, got $1" >&2; exit 2 ;;
  esac
done

missing() { echo "run.sh: $1"; exit 3; }
java=$(java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' || true)
[ "${java:-0}" -ge 17 ] || missing "Java 17 or newer is missing (Debian: apt-get install openjdk-17-jre-headless)"
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null ||
  missing "Python 3.9 or newer with venv is missing (Debian: apt-get install python3 python3-venv)"

venv=$PWD/.cache/venv
if ! cmp -s requirements.txt "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt || missing "the Python packages could not be installed"
  cp requirements.txt "$venv/installed.txt"
fi
export PYSPARK_PYTHON=$venv/bin/python PYSPARK_DRIVER_PYTHON=$venv/bin/python PYTHONDONTWRITEBYTECODE=1 SPARK_LOCAL_IP=127.0.0.1

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
results=${results:-$folder}
mkdir -p "$results"
export SPARK_LOCAL_DIRS=$folder/spark
python=$venv/bin/python
quietly() { "$@" 2>"$folder/spark.log" || { tail -40 "$folder/spark.log" >&2; return 1; }; }

if [ "$only" != objects ]; then
  node make-trips.mjs "$folder" "$trips" "$sample" "$model" $data >"$folder/made.json"
  "$python" broken_trips.py "$folder"
  quietly "$python" check_trips.py "$folder" "$model" "$results/labels.json" $cores
fi
if [ "$only" != trips ]; then
  node make-objects.mjs "$folder" "$objects" "$queries" "$brute"
  quietly "$python" near_alike.py "$folder" "$results/near-alike-$objects.json" --shards "$shards" --alone "$alone" --scans "$scans" --memory "$memory"
fi
