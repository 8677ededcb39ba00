#!/usr/bin/env bash
# Runs every test and ends with the counts. A failing part does not hide the others.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
passed=0 failed=0 skipped=0 broken=()

count() { grep -cE "$1" "$2" || true; }

echo "== go test -race (real PostgreSQL)"
# vet stands in .ci/run and in `make lint`; here it would read all dependencies first, which takes long on a cold cache.
go run ./internal/database/dbtest/withpg go test -race -vet=off -count=1 -p 2 -timeout 30m -json ./... >"$logs/go.json" 2>"$logs/go.err"
status=$?
passed=$((passed + $(count '"Action":"pass".*"Test":' "$logs/go.json")))
failed=$((failed + $(count '"Action":"fail".*"Test":' "$logs/go.json")))
skipped=$((skipped + $(count '"Action":"skip".*"Test":' "$logs/go.json")))
if [ $status -ne 0 ]; then
	broken+=("go test")
	node scripts/failures.mjs "$logs/go.json"
	tail -n 40 "$logs/go.err" >&2
fi
echo "   go: $passed passed, $failed failed, $skipped skipped; $SECONDS s so far"

echo "== vitest"
if ! (cd web && npm run --silent check && npm run --silent test) >"$logs/vitest" 2>&1; then
	broken+=("vitest")
	tail -n 60 "$logs/vitest"
fi
web_passed=$(sed -E 's/\x1b\[[0-9;]*m//g' "$logs/vitest" | sed -nE 's/^ *Tests .* ([0-9]+) passed.*/\1/p' | tail -n 1)
web_failed=$(sed -E 's/\x1b\[[0-9;]*m//g' "$logs/vitest" | sed -nE 's/^ *Tests +([0-9]+) failed.*/\1/p' | tail -n 1)
passed=$((passed + ${web_passed:-0})) failed=$((failed + ${web_failed:-0}))
echo "   vitest: ${web_passed:-0} passed, ${web_failed:-0} failed; $SECONDS s so far"

echo "== Playwright (Debian's Chromium)"
if ! scripts/e2e.sh >"$logs/e2e" 2>&1; then
	broken+=("playwright")
	tail -n 80 "$logs/e2e"
fi
closing=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$logs/e2e" | tail -n 1)
e2e=$(grep -oE '^[0-9]+ passed, [0-9]+ failed' <<<"$closing")
passed=$((passed + $(sed -nE 's/^([0-9]+) passed.*/\1/p' <<<"${e2e:-0 passed}")))
failed=$((failed + $(sed -nE 's/.*, ([0-9]+) failed/\1/p' <<<"${e2e:-0 passed, 0 failed}")))
if [[ $closing == *"second try"* && " ${broken[*]:-} " != *playwright* ]]; then
	tail -n 60 "$logs/e2e" # what failed first is a fault, of the test or of the program, though it did not happen again
fi
echo "   playwright: ${closing:-did not run}; $SECONDS s in all"
[ -n "$e2e" ] || [[ " ${broken[*]:-} " == *playwright* ]] || broken+=("playwright did not run")

[ ${#broken[@]} -eq 0 ] || echo "failed: ${broken[*]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
