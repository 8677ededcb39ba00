package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// yearly is how many instruments a bureau verifies in a year.
const yearly = 5740

// finished is what hengjian demo says of the documents' files.
var finished = regexp.MustCompile(`files of documents finished: (\d+) \(([^)]+)\)`)

// finishRows tells a tenth of a year and lets the files of its documents be drawn, signed by ECDSA and stored, each with
// the event that says so: file system and database keep what they are given.
func finishRows(ctx context.Context, data, dir string) ([]row, error) {
	said, err := tellTenth(ctx, data, dir)
	if err != nil {
		return nil, err
	}
	found := finished.FindStringSubmatch(said)
	if found == nil {
		return nil, fmt.Errorf("hengjian demo said nothing of its documents: %s", said)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil || n == 0 {
		return nil, fmt.Errorf("%s documents: %w", found[1], err)
	}
	took, err := time.ParseDuration(found[2])
	if err != nil {
		return nil, err
	}
	return []row{
		beside(fmt.Sprintf("%d documents drawn, signed, stored, at the pace of %d", yearly, n), "s",
			took.Seconds()*yearly/float64(n), "the goal", 30, "< 30 s"),
	}, nil
}

// tellTenth fills the folder with a tenth of a year whose documents are signed, once, and returns what was said of it.
func tellTenth(ctx context.Context, data, dir string) (string, error) {
	if _, err := os.Stat(data); err == nil {
		return "", nil
	}
	settings, err := signingSettings(ctx, dir)
	if err != nil {
		return "", err
	}
	out, err := command(ctx, "demo", "--data", data, "--scale", "0.1", "--signing", settings).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("hengjian demo: %w: %s", err, out)
	}
	return string(out), nil
}

// signingSettings makes a key with its certificate and the settings that let it sign.
func signingSettings(ctx context.Context, dir string) (string, error) {
	key, certificate, store := filepath.Join(dir, "seal.key"), filepath.Join(dir, "seal.pem"), filepath.Join(dir, "seal.p12")
	for _, args := range [][]string{
		{"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
			"-subj", "/CN=bench", "-addext", "keyUsage=critical,digitalSignature,nonRepudiation"},
		{"pkcs12", "-export", "-inkey", key, "-in", certificate, "-out", store, "-passout", "pass:bench"},
	} {
		if out, err := exec.CommandContext(ctx, "openssl", args...).CombinedOutput(); err != nil { //nolint:gosec // our own arguments
			return "", fmt.Errorf("openssl %s: %w: %s", args[0], err, out)
		}
	}
	password, settings := filepath.Join(dir, "password"), filepath.Join(dir, "signing.yaml")
	for file, text := range map[string]string{password: "bench\n", settings: "seal:\n  pkcs12: seal.p12\n  password: {file: password}\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return settings, os.Chmod(store, 0o600)
}
