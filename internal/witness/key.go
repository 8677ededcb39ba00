package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"hengjian/internal/errs"
)

const keyFile = "witness.key"

// loadKey reads the signer key of the witness, and makes it at the first start.
func loadKey(o Options) (skey string, err error) {
	path := filepath.Join(o.Dir, keyFile)
	about, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path, o)
	}
	if err != nil {
		return "", unusable(o.Dir, err)
	}
	if about.Mode().Perm()&0o077 != 0 {
		return "", errs.New(errs.Forbidden, "key_open",
			"其他用户可以读取见证人的私钥 "+path+"：请执行 chmod 600，并考虑更换私钥",
			"others can read the key of the witness, "+path+": chmod 600 it, and consider a new one")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", unusable(o.Dir, err)
	}
	skey = strings.TrimSpace(string(text))
	key, err := note.NewSigner(skey)
	if err != nil {
		return "", errs.New(errs.Unavailable, "key_damaged", "见证人的私钥无法识别："+path, "the key of the witness cannot be read: "+path).With(err)
	}
	if o.Name != "" && o.Name != key.Name() {
		return "", errs.New(errs.Conflict, "key_name",
			fmt.Sprintf("目录中的私钥属于见证人%s，不是%s", key.Name(), o.Name),
			fmt.Sprintf("the key in the folder is that of %s, not of %s", key.Name(), o.Name))
	}
	return skey, nil
}

func makeKey(path string, o Options) (string, error) {
	cosigned, err := filepath.Glob(filepath.Join(o.Dir, "*.checkpoint"))
	if err != nil || len(cosigned) > 0 {
		return "", errs.New(errs.Unavailable, "key_lost",
			"目录中有见证记录，却没有私钥 "+path+"：请从备份恢复",
			"the folder holds cosigned checkpoints, but not the key "+path+": restore it").With(err)
	}
	skey, _, err := note.GenerateKey(o.Random, o.Name)
	if err != nil {
		return "", fmt.Errorf("make key: %w", err)
	}
	if _, err := note.NewSigner(skey); err != nil { // the name may not be one
		return "", errs.New(errs.Invalid, "witness_name",
			"请用 --name 给见证人取名，形如 witness.example.cn/a，不含空格和加号",
			"name the witness with --name, as witness.example.cn/a, without spaces and plus signs").With(err)
	}
	if err := replaceFile(path, []byte(skey+"\n")); err != nil {
		return "", unusable(o.Dir, err)
	}
	return skey, nil
}
