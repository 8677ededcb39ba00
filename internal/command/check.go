package command

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"hengjian/certificates"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/pades/keys"
	"hengjian/internal/errs"
)

type checkCommand struct {
	File  string   `arg:"" help:"PDF of a document. 文书PDF。" type:"existingfile"`
	Key   []string `help:"Verifier key of the ledger, known from elsewhere; repeat it where it was changed. 另行取得的日志公钥，可重复。" placeholder:"VKEY" sep:"none"`
	Proof string   `help:"What /v/CODE/proof answered, to check the file's own bytes too. 存在证明文件。" type:"existingfile"`

	Roots      string `help:"Certificates that the signers' must end at (PEM). 签名证书的根证书。" type:"existingfile"`
	StampRoots string `name:"timestamp-roots" help:"The same of the timestamp authority. 时间戳服务的根证书。" type:"existingfile"`
	SM2Roots   string `name:"sm2-roots" help:"The same of the SM2 signature. 国密SM2签名的根证书。" type:"existingfile"`
}

// Run implements the command.
func (c checkCommand) Run(e environment) error {
	pdf, err := readBounded(c.File)
	if err != nil {
		return errs.New(errs.Invalid, "file_unreadable", "无法读取文件："+c.File, "the file cannot be read: "+c.File).With(err)
	}
	o := certificates.CheckOptions{Keys: c.Key}
	if o.Trust, o.SM2, err = c.trust(); err != nil {
		return err
	}
	if c.Proof != "" {
		text, err := readBounded(c.Proof)
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
	if err := e.tell(checked, len(c.Key) > 0); err != nil {
		return err
	}
	if !checked.Holds() {
		return errFound // whose address may lead anywhere
	}
	e.say("文书现在的状态须在线查询 / ask for the document's present status at %s", checked.URL)
	return nil
}

// readBounded reads a file as far as one byte past the most that is checked.
func readBounded(name string) ([]byte, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(in, certificates.MaxChecked+1))
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

// verdict is what the steps come to, in a sentence for people who do not read them.
func verdict(c certificates.FileCheck, keyGiven bool) string {
	failed := 0
	for _, s := range c.Steps {
		if !s.Holds {
			failed++
		}
	}
	switch {
	case failed > 0:
		return fmt.Sprintf("结论 result: 不可采信，%d项中有%d项不符（见✗） / do not rely on it, %d of %d do not hold (see ✗)",
			len(c.Steps), failed, failed, len(c.Steps))
	case !keyGiven:
		return "结论 result: 文件自身前后一致；公钥取自文件本身，是否由该机构签发，须以另行取得的公钥核对（--key）" +
			" / the file agrees with itself; its key is its own word, and only one from elsewhere tells who issued it (--key)"
	}
	return "结论 result: 完整，与所给公钥的证据日志一致 / whole, and as the ledger of the given key has it"
}

// tell writes what was looked at to standard output.
func (e environment) tell(c certificates.FileCheck, keyGiven bool) error {
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
	if err == nil && !c.Signed {
		_, err = fmt.Fprintln(e.Out, "文件未附电子签名 / the file bears no digital signature")
	}
	if err == nil {
		_, err = fmt.Fprintln(e.Out, verdict(c, keyGiven))
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
