package api

import (
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"hengjian/certificates"
	"hengjian/internal/errs"
)

//go:embed templates/*.html
var templates embed.FS

var publicPages = template.Must(template.ParseFS(templates, "templates/*.html"))

// words are what the public page says, by language.
type words struct {
	Lang, Other, OtherName, Title, Checked, Number, Kind, Status, Holder, Conclusion, Bureau, Issued, ValidUntil,
	None, SupersededBy, RevokedOn, Reason, Hash, HashNote, Unknown, UnknownNote, Download, Note string
	Ledger, InLedger, NotYet, Compare, Proof string
	Failed, FailedNote                       string // instead of the status of a valid document that says: fail
	Subject                                  string // the product, or the instrument
	SignIn, SignInNote, Later, Back          string // where something is refused
	Statuses, Notes, Kinds, Conclusions      map[string]string
}

var publicWords = map[string]words{
	"zh": {
		Lang: "zh-CN", Other: "en", OtherName: "English", Title: "文书核验", Checked: "核验时间", Number: "文书编号", Kind: "文书种类",
		Status: "状态", Holder: "持有单位", Conclusion: "结论", Bureau: "出具单位", Issued: "签发日期", ValidUntil: "有效期至", None: "无",
		SupersededBy: "已被替代为", RevokedOn: "撤销日期", Reason: "原因", Hash: "文件SHA-256",
		HashNote: "您手中文件的SHA-256与此一致，即为原件，未被改动。", Unknown: "未找到该文书",
		UnknownNote: "请核对二维码或网址；如文书上印有本网址而此处查无记录，请勿采信并联系出具单位。",
		Ledger:      "证据日志", InLedger: "签发已载入证据日志，序号", NotYet: "签发后数秒内载入，请稍后刷新", Compare: "核对手中的文件", Proof: "存在证明",
		Subject: "名称", SignIn: "登录", SignInNote: "原件只提供给持有单位和出具单位。登录后请再次打开本链接，或在文书页下载。",
		Later: "这不说明文书有误；请稍后刷新本页。", Back: "返回核验页",
		Failed: "有效，结论：不合格", FailedNote: "该文书真实、现行有效，其结论为不合格。",
		Download: "持有单位登录后下载原件", Note: "本页信息由出具单位的系统实时给出。",
		Statuses: map[string]string{"valid": "有效", "expired": "已过有效期", "superseded": "已被替代", "revoked": "已撤销"},
		Notes: map[string]string{
			"valid": "该文书真实、现行有效。", "expired": "该文书真实，但已过有效期，不得再作为有效凭证使用。",
			"superseded": "该文书已由新的文书替代，请以新文书为准。", "revoked": "该文书已被撤销，不再有效。",
		},
		Kinds: map[string]string{
			"inspection_report": "检验报告", "verification_certificate": "检定证书", "verification_notice": "检定结果通知书",
		},
		Conclusions: map[string]string{"pass": "合格", "fail": "不合格"},
	},
	"en": {
		Lang: "en", Other: "zh", OtherName: "中文", Title: "Document check", Checked: "Checked at", Number: "Number", Kind: "Kind",
		Status: "Status", Holder: "Holder", Conclusion: "Conclusion", Bureau: "Issued by", Issued: "Issued on", ValidUntil: "Valid until",
		None: "none", SupersededBy: "Superseded by", RevokedOn: "Revoked on", Reason: "Reason", Hash: "SHA-256 of the file",
		HashNote: "If the file in your hands has this SHA-256, it is the original, unchanged.", Unknown: "No such document",
		UnknownNote: "Check the code or the address. If a paper carries this address and nothing is found here, do not trust it; " +
			"ask the issuer.",
		Ledger: "Evidence ledger", InLedger: "The issue stands in the evidence ledger at index",
		NotYet: "It goes into the ledger seconds after the issue; reload in a moment", Compare: "Compare the file in your hands", Proof: "Proof",
		Subject: "Subject", SignIn: "Sign in", SignInNote: "The original is for its holder and the issuer. After signing in, open this link " +
			"again, or download it from the document's page.",
		Later: "This says nothing against the document; reload this page in a moment.", Back: "Back to the check",
		Failed: "Valid; conclusion: fail", FailedNote: "This document is genuine and in force, and what it states is a failure.",
		Download: "Holders download the original after signing in", Note: "This page is answered live by the issuer's system.",
		Statuses: map[string]string{"valid": "Valid", "expired": "Expired", "superseded": "Superseded", "revoked": "Revoked"},
		Notes: map[string]string{
			"valid": "This document is genuine and in force.", "expired": "This document is genuine, but its validity has ended.",
			"superseded": "A newer document has replaced this one.", "revoked": "This document was revoked and is no longer valid.",
		},
		Kinds: map[string]string{
			"inspection_report": "Inspection report", "verification_certificate": "Verification certificate",
			"verification_notice": "Notice of verification result",
		},
		Conclusions: map[string]string{"pass": "pass", "fail": "fail"},
	},
}

// publicView is what the public pages show.
type publicView struct {
	W        words
	C        compareWords // of the page that compares a file
	Language string       // zh or en
	Title    string
	Nonce    string
	Code     string
	Found    bool
	Doc      certificates.Public
	Refused  refusal
	Now      string
}

// check is the public page: JSON by Accept, else HTML that needs no script.
func (s *server) check(c *gin.Context) {
	c.Header("Vary", "Accept, Accept-Language")
	doc, err := s.Certificates.Check(c.Request.Context(), c.Param("code"))
	if err != nil && errs.KindOf(err) != errs.NotFound {
		s.Logger.ErrorContext(c.Request.Context(), "public check", "error", err)
		s.unanswered(c, err)
		return
	}
	if wantsJSON(c) {
		if err != nil {
			writeProblem(c, err)
			return
		}
		c.JSON(http.StatusOK, doc)
		return
	}
	status := http.StatusOK
	if err != nil {
		status = http.StatusNotFound
	}
	s.renderCheck(c, status, doc)
}

// renderCheck says what a document is worth, or, where the status is 404, that there is none.
func (s *server) renderCheck(c *gin.Context, status int, doc certificates.Public) {
	w := publicWords[language(c)]
	s.render(c, status, "check.html", "", publicView{W: w, Title: w.Title, Found: status == http.StatusOK, Doc: doc})
}

// refusal is why there is no answer, for people.
type refusal struct {
	Title, Note string
	SignIn      bool
}

// unanswered tells browsers by a page, and all others by a problem, why there is no answer.
func (s *server) unanswered(c *gin.Context, err error) {
	if !wantsPage(c) {
		writeProblem(c, err)
		return
	}
	c.Abort()
	if errs.KindOf(err) == errs.NotFound {
		s.renderCheck(c, http.StatusNotFound, certificates.Public{})
		return
	}
	p, w := problemOf(err), publicWords[language(c)]
	why := refusal{Title: strings.ToUpper(p.EN[:1]) + p.EN[1:], SignIn: p.Status == http.StatusUnauthorized}
	if language(c) == "zh" {
		why.Title = p.ZH
	}
	switch p.Status {
	case http.StatusUnauthorized:
		why.Note = w.SignInNote
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		why.Note = w.Later
	}
	s.render(c, p.Status, "refused.html", "", publicView{W: w, Title: w.Title, Refused: why})
}

// render writes a public page. Its policy opens no more than the page needs.
func (s *server) render(c *gin.Context, status int, page, opened string, view publicView) {
	view.Nonce = rand.Text()
	view.Code = c.Param("code")
	view.Language = language(c)
	view.Now = s.Now().In(shanghai).Format("2006-01-02 15:04:05")
	c.Header("Content-Security-Policy", "default-src 'none'; "+opened+
		"style-src 'nonce-"+view.Nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	if err := publicPages.ExecuteTemplate(c.Writer, page, view); err != nil {
		s.Logger.WarnContext(c.Request.Context(), "render public page", "page", page, "error", err)
	}
}

var shanghai = time.FixedZone("CST", 8*60*60)

// checkPDF gives the issued bytes to the holder; to anybody else it says where to sign in.
func (s *server) checkPDF(c *gin.Context) {
	actor, signedIn := actorOf(c.Request.Context())
	if !signedIn {
		s.unanswered(c, errNotSignedIn)
		return
	}
	content, d, err := s.Certificates.PublicPDF(c.Request.Context(), actor, c.Param("code"))
	if err != nil {
		s.unanswered(c, err)
		return
	}
	c.Header("Content-Disposition", attachment(d.Number+".pdf"))
	c.Data(http.StatusOK, "application/pdf", content)
}
