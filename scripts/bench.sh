#!/usr/bin/env bash
# Prints the figures of docs/performance.md from one run and writes bench/results.json. Needs bin/hengjian: make build.
set -euo pipefail
cd "$(dirname "$0")/.."
exec go run ./bench "$@"
