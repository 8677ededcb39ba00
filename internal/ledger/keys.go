package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
)

// Keys are the private keys of the logs: Ed25519 keys of signed notes, one on a line, in a file for each division that
// nobody else may read, or given by the environment.
type Keys struct {
	folder string
	given  string
	random io.Reader
}

// NewKeys takes the keys from the text given, one on a line, or else from files in the folder, where a key that is
// missing when a log begins is made.
func NewKeys(folder, given string, random io.Reader) Keys {
	return Keys{folder: folder, given: strings.TrimSpace(given), random: random}
}

func (k Keys) path(division string) string { return filepath.Join(k.folder, "log-"+division+".key") }

// first returns the verifier key of the key with which a log begins. It is made when there is none.
func (k Keys) first(division, origin string) (string, error) {
	kept, err := k.read(division, origin)
	if err != nil {
		return "", err
	}
	if len(kept) > 0 {
		return kept[0].verifier, nil
	}
	if k.given != "" {
		return "", errs.New(errs.Invalid, "log_key_other",
			fmt.Sprintf("环境变量中的密钥不属于日志 %s", origin), fmt.Sprintf("the key given by the environment is not of log %s", origin))
	}
	return k.add(division, origin)
}

// add makes a key, keeps it with the others, and returns its verifier key.
func (k Keys) add(division, origin string) (string, error) {
	private, public, err := note.GenerateKey(k.random, origin)
	if err != nil {
		return "", fmt.Errorf("key of log %s: %w", origin, err)
	}
	if k.given != "" {
		return "", errs.New(errs.Conflict, "log_key_given",
			"密钥由环境变量给出，须先加入新密钥：\n"+private, "the keys are given by the environment: add the new one there first:\n"+private)
	}
	if err := os.MkdirAll(k.folder, 0o700); err != nil {
		return "", fmt.Errorf("key of log %s: %w", origin, err)
	}
	f, err := os.OpenFile(k.path(division), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return "", fmt.Errorf("key of log %s: %w", origin, err)
	}
	_, err = f.WriteString(private + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("key of log %s: %w", origin, err)
	}
	return public, nil
}

// of returns the signers of a log that are kept here, by their verifier keys.
func (k Keys) of(division, origin string) (map[string]note.Signer, error) {
	kept, err := k.read(division, origin)
	signers := make(map[string]note.Signer, len(kept))
	for _, one := range kept {
		signers[one.verifier] = one.signer
	}
	return signers, err
}

type keptKey struct {
	verifier string
	signer   note.Signer
}

// read returns the keys of a log in the order in which they are kept.
func (k Keys) read(division, origin string) ([]keptKey, error) {
	text := k.given
	if text == "" {
		var err error
		if text, err = readPrivate(k.path(division)); err != nil {
			return nil, err
		}
	}
	var kept []keptKey
	for line := range strings.FieldsSeq(text) {
		one, err := parseKey(line)
		if err != nil {
			return nil, errs.New(errs.Invalid, "log_key_unreadable",
				"日志签名私钥无法识别", "a private key of a log cannot be read").With(err)
		}
		if one.signer.Name() == origin {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

// readPrivate reads a file that nobody but its owner may read; empty when there is none.
func readPrivate(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", errs.New(errs.Forbidden, "log_key_open",
			fmt.Sprintf("密钥文件 %s 可被他人读取，请执行 chmod 600", path),
			fmt.Sprintf("the key file %s can be read by others: chmod 600 it", path))
	}
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	return string(text), nil
}

// parseKey reads PRIVATE+KEY+name+id+base64 of the type byte and the seed.
func parseKey(line string) (keptKey, error) {
	signer, err := note.NewSigner(line)
	if err != nil {
		return keptKey{}, err
	}
	_, encoded, _ := strings.Cut(line[len("PRIVATE+KEY+"):], "+") // drops the name
	_, encoded, _ = strings.Cut(encoded, "+")                     // and the id
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return keptKey{}, errors.New("not an Ed25519 key")
	}
	public, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return keptKey{}, errors.New("not an Ed25519 key")
	}
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	return keptKey{verifier, signer}, err
}
