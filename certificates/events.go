package certificates

import (
	"crypto/sha256"
	"fmt"

	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
)

// What the events of a document tell.
type (
	documentIssued struct {
		Kind          Kind           `json:"kind" doc:"what the document is"`
		SubjectKind   string         `json:"subject_kind" doc:"report or verification"`
		Subject       string         `json:"subject" doc:"id of the report or of the record of verification"`
		SubjectNumber string         `json:"subject_number" doc:"number of the sample or of the instrument"`
		Content       string         `json:"content" doc:"SHA-256 of the frozen content, hexadecimal"`
		Supersedes    string         `json:"supersedes" doc:"id of the document that this one replaces, or empty"`
		Conclusion    string         `json:"conclusion" doc:"pass or fail"`
		IssuedOn      calendar.Date  `json:"issued_on" doc:"day of issue"`
		ValidUntil    *calendar.Date `json:"valid_until,omitempty" doc:"last day of validity, where there is one"`
		Address       string         `json:"address,omitempty" doc:"public address that the document's own begins with; early events do not tell"`
		Code          string         `json:"code,omitempty" doc:"SHA-256 of the code that the document's address ends with, hexadecimal"`
		Bears         *bearing       `json:"bears,omitempty" doc:"digital signatures that its file bears; early events do not tell"`
	}

	documentFinished struct {
		File    string `json:"file" doc:"SHA-256 of the finished file, hexadecimal"`
		Content string `json:"content" doc:"SHA-256 of the frozen content, hexadecimal"`
		Index   int64  `json:"index" doc:"index of the event of issue in the log"`
	}

	revocationRequested struct {
		Revocation string        `json:"revocation" doc:"id of the revocation"`
		Reason     ledger.Sealed `json:"reason" doc:"why the document is to be revoked"`
		Signature  string        `json:"signature" doc:"id of the signature of who asks"`
	}

	revocationDecided struct {
		Revocation string `json:"revocation" doc:"id of the revocation"`
		Signature  string `json:"signature" doc:"id of the signature of who decides"`
	}
)

// The kinds of events of this room.
var (
	kindIssued              = ledger.Define[documentIssued]("document.issued", 1, "签发文书", "document issued")
	kindFinished            = ledger.Define[documentFinished]("document.finished", 1, "完成文书文件", "document's file finished")
	kindRevocationRequested = ledger.Define[revocationRequested](
		"document.revocation_requested", 1, "申请撤销文书", "revocation of the document requested")
	kindRevoked            = ledger.Define[revocationDecided]("document.revoked", 1, "撤销文书", "document revoked")
	kindRevocationDeclined = ledger.Define[revocationDecided](
		"document.revocation_declined", 1, "不同意撤销文书", "revocation of the document declined")
)

// Events lists the kinds of events of this room.
func Events() []ledger.Definition {
	return []ledger.Definition{
		kindIssued.Definition(), kindFinished.Definition(), kindRevocationRequested.Definition(), kindRevoked.Definition(),
		kindRevocationDeclined.Definition(),
	}
}

func (d Document) about() ledger.Subject {
	return ledger.Subject{Kind: "document", ID: d.ID, Number: d.Number}
}

func sha256Hex(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// told is what the event of the issue says.
func (d issued) told() documentIssued {
	return documentIssued{Kind: d.Kind, SubjectKind: d.SubjectKind, Subject: d.SubjectID, SubjectNumber: d.SubjectNumber,
		Content: fmt.Sprintf("%x", d.ContentHash), Supersedes: d.ReplacesID, Conclusion: d.Conclusion, IssuedOn: d.IssuedOn,
		ValidUntil: d.ValidUntil, Address: d.Address, Code: sha256Hex(d.Code), Bears: &d.Bears}
}
