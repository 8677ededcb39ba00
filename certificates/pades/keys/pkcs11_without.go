//go:build !cgo

package keys

import (
	"hengjian/certificates/pades/cms"
	"hengjian/internal/errs"
)

var errToken = errs.New(errs.Unavailable, "key_token", "本程序构建时未启用 cgo，无法使用密码设备（PKCS#11）",
	"this program was built without cgo and cannot use a device for keys (PKCS#11)")

func (*Ring) openPKCS11(Source) (cms.Identity, error) { return cms.Identity{}, errToken }

type token struct{}

func (token) Close() error { return nil }
