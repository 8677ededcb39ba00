#!/usr/bin/env bash
# Runs the fault tests: files on a real S3 server that is killed, hangs and refuses; documents issued while the program
# and its PostgreSQL are killed. Builds the S3 server (versitygw, from tools/go.mod) into bin; everything runs on the
# loopback and in throw-away folders.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -x bin/versitygw ] || [ tools/go.mod -nt bin/versitygw ]; then
	echo "== building versitygw, an S3 server (a minute on a cold cache)"
	(cd tools && go build -o ../bin/versitygw github.com/versity/versitygw/cmd/versitygw)
fi
echo "== building bin/hengjian"
go build -o bin/hengjian .

export HENGJIAN_VERSITYGW=$PWD/bin/versitygw HENGJIAN_PROGRAM=$PWD/bin/hengjian
echo "== fault tests"
go run ./internal/database/dbtest/withpg go test -race -vet=off -count=1 -tags faults -timeout 30m ./internal/files
go run ./internal/database/dbtest/withpg go test -race -vet=off -count=1 -tags faults -timeout 30m -run Faults ./certificates
