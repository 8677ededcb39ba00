package certificates

import (
	"bytes"
	"strings"
	"time"

	"hengjian/certificates/pades"
	"hengjian/certificates/pades/cms"
	"hengjian/certificates/paper"
	"hengjian/internal/errs"
)

// pages looks at the page and at what was appended to it: signatures, and nothing else.
func (c *FileCheck) pages(pdf []byte, said FileProof, attached map[string][]byte, o CheckOptions) {
	bears := said.bears(attached)
	file, err := pades.Read(pdf)
	if err == nil {
		err = drawnFrom(file.Base, said, attached)
	}
	c.step("版面与内嵌数据逐字节一致，其后只附有签名",
		"the page is what the embedded data are drawn as, to the byte, and only signatures are appended", err)
	if sm2 := attached[paper.SM2Name]; sm2 != nil {
		signer, err := (&cms.SM2{Trust: o.SM2}).Verify(attached[paper.ContentName], sm2)
		c.signature("国密SM2", "SM2", signer, bears.SM2Key, err)
	}
	if file == nil {
		return
	}
	var signed []string
	for _, v := range file.Verify(o.Trust) {
		signed = append(signed, v.Field)
		level := v.Field + "，" + string(v.Level)
		if v.Signer.Stamp != nil {
			level += "，" + v.Signer.Stamp.Time.UTC().Format(time.RFC3339)
		}
		if v.Fault == nil {
			v.Fault = bears.ofLevel(v.Level)
		}
		c.signature(level, strings.ReplaceAll(level, "，", ", "), v.Signer, bears.key(v.Field), v.Fault)
	}
	found := bearing{Fields: signed, SM2: attached[paper.SM2Name] != nil}
	if c.Signed || found.any() {
		c.step("电子签名与签发时所定的一致，无缺漏", "the file bears the signatures that were settled at its issue, none is missing", found.as(bears))
	}
}

// bears is what a file is to bear: as its event of issue settled, or in the files of early events as they say themselves.
func (p FileProof) bears(attached map[string][]byte) bearing {
	if _, issue, err := issueOf(p.Issued); err == nil && issue.Bears != nil {
		return *issue.Bears
	}
	return bearing{Fields: p.Fields, SM2: attached[paper.SM2Name] != nil}
}

// signature is one signature with whose it is; key is the one that was settled for it, if any.
func (c *FileCheck) signature(zh, en string, s cms.Signer, key string, fault error) {
	if fault == nil {
		fault = settled(s, key)
	}
	who, roots := "?", ""
	if len(s.Chain) > 0 {
		who = s.Certificate().Subject.CommonName
	}
	zh, en = "电子签名有效："+who+"（"+zh, "the signature holds: "+who+" ("+en
	if fault == nil && !s.Trusted {
		roots = "，证书链未与根证书核对"
		en += ", its chain not held against any root"
	}
	if fault == nil && s.Stamp != nil && !s.Stamp.Trusted {
		roots += "，时间戳未与根证书核对"
		en += ", its timestamp not held against any root"
	}
	if fault == nil && key != "" && cms.KeyID(s.Certificate()) != key {
		roots += "，不是签发时所定的密钥"
		en += ", by another key than was settled at the issue"
	}
	c.step(zh+roots+"）", en+")", fault)
}

// drawnFrom draws the content anew and compares the bytes: the same content gives the same file.
func drawnFrom(base []byte, said FileProof, attached map[string][]byte) error {
	c, err := paper.Thaw(attached[paper.ContentName])
	if err != nil {
		return err
	}
	drawn, err := paper.Draw(c, paper.Options{
		URL: said.URL, Proof: attached[paper.ProofName], SM2: attached[paper.SM2Name], Fields: said.bears(attached).Fields,
	})
	if err != nil {
		return err
	}
	if !bytes.Equal(drawn, base) {
		return errs.New(errs.Invalid, "page_differs", "文件与由内嵌数据重绘的不一致：版面被改动，或由另一版本的程序出具",
			"the file is not what the embedded data are drawn as: it was changed, or another version of this program made it")
	}
	return nil
}
