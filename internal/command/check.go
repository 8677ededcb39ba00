package command

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"hengjian/certificates"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
	"hengjian/internal/errs"
)

type checkCommand struct {
	File  string `arg:"" help:"PDF of a document. 文书PDF。" type:"existingfile"`
	Key   string `help:"Verifier key of the ledger, known from elsewhere. 另行取得的日志公钥。" placeholder:"VKEY"`
	Proof string `help:"What /v/CODE/proof answered, to check the file's own bytes too. 存在证明文件。" type:"existingfile"`

	Roots      string `help:"Certificates that the signers' must end at (PEM). 签名证书的根证书。" type:"existingfile"`
	StampRoots string `name:"timestamp-roots" help:"The same of the timestamp authority. 时间戳服务的根证书。" type:"existingfile"`
	SM2Roots   string `name:"sm2-roots" help:"The same of the SM2 signature. 国密SM2签名的根证书。" type:"existingfile"`
}

// Run implements the command.
func (c checkCommand) Run(e environment) error {
	pdf, err := os.ReadFile(c.File)
	if err != nil {
		return errs.New(errs.Invalid, "file_unreadable", "无法读取文件："+c.File, "the file cannot be read: "+c.File).With(err)
	}
	o := certificates.CheckOptions{Key: c.Key}
	if o.Trust, o.SM2, err = c.trust(); err != nil {
		return err
	}
	if c.Proof != "" {
		text, err := os.ReadFile(c.Proof)
		if err == nil {
			err = json.Unmarshal(text, &o.Proofs)
		}
		if err != nil || o.Proofs == nil {
			return errs.New(errs.Invalid, "proof_unreadable", "无法读取存在证明："+c.Proof, "the proof cannot be read: "+c.Proof).With(err)
		}
	}
	checked, err := certificates.CheckFile(pdf, e.Now, o)
	if err != nil {
		return err
	}
	if err := e.tell(checked); err != nil {
		return err
	}
	if c.Key == "" {
		e.say("公钥取自文件本身，请与另行取得的公钥比对（--key） / the key is the file's own word: compare it with one from elsewhere (--key)")
	}
	if !checked.Signed {
		e.say("文件未附电子签名 / the file bears no digital signature")
	}
	e.say("文书现在的状态须在线查询 / ask for the document's present status at %s", checked.URL)
	if !checked.Holds() {
		return errFound
	}
	return nil
}

// trust reads the roots that signatures are held against.
func (c checkCommand) trust() (pdf, sm2 cms.Trust, err error) {
	for _, r := range []struct {
		file  string
		parse func([]byte) (*x509.Certificate, error)
		into  *[]*x509.Certificate
	}{
		{c.Roots, x509.ParseCertificate, &pdf.Roots}, {c.StampRoots, x509.ParseCertificate, &pdf.Stampers},
		{c.SM2Roots, keys.ParseSM2, &sm2.Roots},
	} {
		if r.file == "" {
			continue
		}
		if *r.into, err = keys.ReadCertificates(r.file, r.parse); err != nil {
			return pdf, sm2, err
		}
	}
	return pdf, sm2, nil
}

// reason is what an error says, in both languages where it has them.
func reason(err error) string {
	if known, ok := errors.AsType[*errs.Error](err); ok {
		return known.ZH + "\n    " + known.EN
	}
	return err.Error()
}

// tell writes what was looked at to standard output.
func (e environment) tell(c certificates.FileCheck) error {
	_, err := fmt.Fprintf(e.Out, "文书 document: %s\n日志 log: %s #%d\n公钥 key: %s\n", c.Number, c.Origin, c.Index, c.Key)
	for _, s := range c.Steps {
		mark := "✓"
		if !s.Holds {
			mark = "✗"
		}
		if err == nil {
			_, err = fmt.Fprintf(e.Out, "%s %s / %s\n", mark, s.ZH, s.EN)
		}
		if err == nil && s.Why != nil {
			_, err = fmt.Fprintf(e.Out, "    %s\n", reason(s.Why))
		}
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
