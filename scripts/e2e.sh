#!/usr/bin/env bash
# Starts the built program with a demonstration bureau in a throw-away folder, runs the browser tests against it, and
# stops it again.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(mktemp -d)
free_port() {
	node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
port=$(free_port)
HENGJIAN_GALLERY_PORT=$(free_port)
export HENGJIAN_GALLERY_PORT
server=
cleanup() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$data"
}
trap cleanup EXIT
address=http://localhost:$port
./bin/hengjian serve --demo --data "$data" --listen "localhost:$port" --address "$address" >"$data/log" 2>&1 &
server=$!
for _ in $(seq 240); do
	curl -sf -o /dev/null "$address/readyz" && break
	kill -0 "$server" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
	sleep 1
done
curl -sf -o /dev/null "$address/readyz" || { echo "the server did not become ready" >&2; tail -n 40 "$data/log" >&2; exit 1; }
cd web
HENGJIAN_E2E_URL=$address npm run --silent e2e
