// Package certificates owns issued documents: inspection reports, verification certificates and notices (tables document,
// document_file and revocation). A document is frozen content, a gapless number, an unguessable code and the very bytes
// that were issued; it never changes, and its status follows from what came after. Read issue.go first: how a document
// comes to be; document.go says what it is worth, trace.go what it rests on. What a document says and how it is drawn
// is the package paper below.
package certificates

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"hengjian/certificates/paper"
	"hengjian/instruments"
	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/files"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Service issues documents, answers for them, and traces them back.
type Service struct {
	db          *database.DB
	now         func() time.Time
	random      io.Reader
	address     string
	users       *users.Service
	lims        *lims.Service
	instruments *instruments.Service
	files       *files.Store
	log         *ledger.Log
	signing     Signing
}

// Rooms are what a document is made of.
type Rooms struct {
	Users       *users.Service
	LIMS        *lims.Service
	Instruments *instruments.Service
	Files       *files.Store
	Log         *ledger.Log
	Signing     Signing // nil: files are not signed
}

// New makes the service. The public address stands in the QR code of every document, without a slash at its end;
// random gives the unguessable part of it.
func New(db *database.DB, now func() time.Time, random io.Reader, address string, r Rooms) *Service {
	if r.Signing == nil {
		r.Signing = Unsigned
	}
	return &Service{db: db, now: now, random: random, address: address,
		users: r.Users, lims: r.LIMS, instruments: r.Instruments, files: r.Files, log: r.Log, signing: r.Signing}
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.now()) }

// PublicURL is the address at which anybody can check the document of the code.
func (s *Service) PublicURL(code string) string { return publicURL(s.address, code) }

func publicURL(address, code string) string { return address + "/v/" + code }

var (
	errNoDocument = errs.New(errs.NotFound, "document_missing", "文书不存在", "there is no such document")
	// readers may look at every document of their division.
	readers = []ledger.Role{
		ledger.Technician, ledger.Reviewer, ledger.Signatory, ledger.Verifier, ledger.Checker, ledger.Approver,
		ledger.Custodian, ledger.Auditor, ledger.Leader, ledger.TechnicalManager, ledger.Administrator,
	}
)

func mayRead(actor ledger.Actor) error {
	if actor.BusinessID != "" {
		return actor.As(ledger.Business)
	}
	return actor.As(readers...)
}

func inTx[T any](ctx context.Context, db *database.DB, do func(tx *database.Tx) (T, error)) (T, error) {
	var out T
	err := db.InTx(ctx, func(tx *database.Tx) (err error) {
		out, err = do(tx)
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return out, nil
}

// maxAddress is the longest public address with which a document's own address fits into its QR code.
const maxAddress = paper.MaxAddress - len("/v/") - codeLength

// CheckAddress refuses a public address that no document could carry, before any is issued.
func CheckAddress(address string) error {
	switch {
	case !paper.IsAddress(address) || strings.ContainsAny(address, "?#") || strings.HasSuffix(address, "/"):
		return errs.New(errs.Invalid, "address_invalid", fmt.Sprintf("公开地址“%s”须形如 https://主机，不含?和#，末尾无斜杠", address),
			fmt.Sprintf("the public address %q must be like https://host, without ? or #, and without a slash at its end", address))
	case len(address) > maxAddress:
		return errs.New(errs.Invalid, "address_too_long",
			fmt.Sprintf("公开地址“%s”有%d字节，超过%d字节：二维码将难以扫读，请用更短的地址", address, len(address), maxAddress),
			fmt.Sprintf("the public address %q has %d bytes, more than %d: QR codes with it would read badly; choose a shorter one",
				address, len(address), maxAddress))
	}
	return nil
}

// codeAlphabet has 32 signs without those that are mistaken for one another; 18 of them are 90 bits.
const codeAlphabet = "023456789abcdefghjkmnpqrstuvwxyz"

const codeLength = 18

// noCode has a sign that no code has.
const noCode = "111111111111111111"

func (s *Service) newCode() (string, error) {
	raw := make([]byte, codeLength)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("document code: %w", err)
	}
	for i, b := range raw {
		raw[i] = codeAlphabet[b%32]
	}
	return string(raw), nil
}
