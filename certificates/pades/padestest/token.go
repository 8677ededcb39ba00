package padestest

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What the throw-away token of NewToken is called, and its PIN.
const (
	TokenLabel = "bureau"
	TokenPIN   = "314159"
)

// NewToken makes a token of SoftHSM2 that holds the keys under their labels, and returns the library for it. The test is
// skipped where SoftHSM2 is not installed, but not in CI. It sets a variable of the environment: not for parallel tests.
func NewToken(tb testing.TB, keys map[string]crypto.Signer) (module string) {
	tb.Helper()
	for _, pattern := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			module = found[0]
		}
	}
	if module == "" {
		if os.Getenv("CI") != "" {
			tb.Fatal("SoftHSM2 is not installed: keys in devices cannot be tried")
		}
		tb.Skip("SoftHSM2 is not installed: apt-get install softhsm2")
	}
	dir := tb.TempDir()
	file := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(file, []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Setenv("SOFTHSM2_CONF", file)
	softHSM(tb, "--init-token", "--free", "--label", TokenLabel, "--so-pin", TokenPIN, "--pin", TokenPIN)
	id := 0
	for label, key := range keys {
		id++
		softHSM(tb, "--import", WritePKCS8(tb, key), "--token", TokenLabel, "--pin", TokenPIN, "--label", label, "--id", string([]byte{'0' + byte(id), '0'}))
	}
	return module
}

func softHSM(tb testing.TB, args ...string) {
	tb.Helper()
	if out, err := exec.CommandContext(tb.Context(), "softhsm2-util", args...).CombinedOutput(); err != nil {
		tb.Fatalf("softhsm2-util %q: %v\n%s", args, err, out)
	}
}

// WritePKCS8 writes a key to a file of its own.
func WritePKCS8(tb testing.TB, key crypto.Signer) string {
	tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	return Write(tb, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// WriteCertificates writes certificates to a file of their own.
func WriteCertificates(tb testing.TB, certificates ...*x509.Certificate) string {
	tb.Helper()
	var out []byte
	for _, c := range certificates {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return Write(tb, "certificates.pem", out)
}

// Write writes a file in a folder of its own that only its owner can read.
func Write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}
