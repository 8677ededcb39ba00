package certificates

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hengjian/internal/errs"
)

var labelsForRoll = LabelOptions{Size: "70x50", Sheet: "roll", DPI: 300}

func (b *bureau) label(login, instrument string) ([]byte, error) {
	b.Helper()
	return b.InstrumentLabel(b.Context(), b.actors[login], instrument, labelsForRoll)
}

// wantReason fails unless no label is given, and why is told in both languages.
func (b *bureau) wantReason(instrument, zh, en string) {
	b.Helper()
	_, err := b.label("feng", instrument)
	b.wantCode(zh, err, errs.Blocked, "no_certificate_in_force")
	if e, ok := errors.AsType[*errs.Error](err); !ok || !strings.Contains(e.ZH, zh) || !strings.Contains(e.EN, en) {
		b.Errorf("no label because %v, want %q and %q", err, zh, en)
	}
}

// printed is the file and its image at 300 dpi; where a tool is missing the test is skipped, but not in CI.
func (b *bureau) printed(pdf []byte) (file, image string) {
	b.Helper()
	for _, tool := range []string{"pdftoppm", "pdftotext", "zbarimg", "dmtxread"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				b.Fatalf("%s is not installed: labels cannot be read back", tool)
			}
			b.Skipf("%s is not installed: apt-get install poppler-utils zbar-tools dmtx-utils", tool)
		}
	}
	file = filepath.Join(b.TempDir(), "label.pdf")
	b.must(os.WriteFile(file, pdf, 0o600))
	image = strings.TrimSuffix(file, ".pdf")
	b.run("pdftoppm", "-mono", "-r", "300", "-png", "-singlefile", file, image)
	return file, image + ".png"
}

func (b *bureau) run(name string, args ...string) string {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), name, args...).Output()
	if err != nil {
		b.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

// TestInstrumentLabel: the label says what the certificate says; its codes are the instrument's number and the address
// at which the public checks the certificate.
func TestInstrumentLabel(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.issued("S-1", "15.000")
	for _, login := range []string{"shop", "stranger", "sampler", "chief"} {
		_, err := b.label(login, d.SubjectNumber)
		b.wantCode(login, err, errs.Forbidden, "role_missing")
	}
	elsewhere := b.actors["feng"]
	elsewhere.Division = "370112"
	_, err := b.InstrumentLabel(t.Context(), elsewhere, d.SubjectNumber, labelsForRoll)
	b.wantCode("another division", err, errs.NotFound, "instrument_missing")
	_, err = b.InstrumentLabel(t.Context(), b.actors["feng"], d.SubjectNumber, LabelOptions{Size: "A4"})
	b.wantCode("an unknown size", err, errs.Invalid, "invalid")

	pdf, err := b.label("feng", d.SubjectNumber)
	b.must(err)
	file, image := b.printed(pdf)
	text := b.run("pdftotext", "-raw", file, "-")
	for _, want := range []string{"检定合格证", "长清区市场监督管理局", d.Number, d.SubjectNumber, "电子计价秤 ACS-15", "S-1", "2026-09-18",
		d.ValidUntil.String(), "feng某"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the label:\n%s", want, text)
		}
	}
	if got := b.run("zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", image); strings.TrimSpace(got) != b.PublicURL(d.Code) {
		t.Errorf("the QR code reads %q, want %s", got, b.PublicURL(d.Code))
	}
	if got := b.run("dmtxread", "-N1", image); got != d.SubjectNumber {
		t.Errorf("the DataMatrix reads %q, want %s", got, d.SubjectNumber)
	}
}

// TestNoLabelWithoutCertificateInForce: no certificate, one that was revoked, ended or cancelled by a failure: no label.
func TestNoLabelWithoutCertificateInForce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.wantReason(b.filed("S-0"), "尚无检定证书", "no verification certificate")

	revoked := b.issued("S-1", "15.000")
	b.revoke(revoked.Number)
	b.wantReason(revoked.SubjectNumber, revoked.Number+" 已撤销", "was revoked")

	cancelled := b.issued("S-2", "15.000")
	notice, err := b.approve(b.checkedWith(cancelled.SubjectNumber, readings("15.100"), b.standard))
	b.must(err)
	b.wantReason(cancelled.SubjectNumber, "检定不合格（"+notice.Number, "failed its last verification")

	stopped := b.issued("S-3", "15.000")
	if _, err := b.db.Exec(t.Context(), `UPDATE instrument SET state = 'stopped' WHERE number = $1`, stopped.SubjectNumber); err != nil {
		t.Fatal(err)
	}
	_, err = b.label("feng", stopped.SubjectNumber)
	b.wantCode("a stopped instrument", err, errs.Blocked, "instrument_not_in_use")

	ended := b.issued("S-4", "15.000")
	b.at = b.at.AddDate(3, 0, 0)
	b.wantReason(ended.SubjectNumber, "已于 "+ended.ValidUntil.String()+" 到期", "ended on")
	_, err = b.label("feng", "QJ26-370113-99999")
	b.wantCode("no such instrument", err, errs.NotFound, "instrument_missing")
}

func TestEquipmentLabel(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	list, err := b.metering.EquipmentList(t.Context(), b.actors["chief"])
	b.must(err)
	number := list[0].Number
	draw := func(login string) ([]byte, error) {
		return b.EquipmentLabel(t.Context(), b.actors[login], number, labelsForRoll)
	}
	for _, login := range []string{"shop", "chu"} {
		_, err = draw(login)
		b.wantCode(login, err, errs.Forbidden, "role_missing")
	}
	pdf, err := draw("chief")
	b.must(err)
	_, err = b.EquipmentLabel(t.Context(), b.actors["chief"], "SB26-370113-9999", labelsForRoll)
	b.wantCode("no such equipment", err, errs.NotFound, "equipment_missing")
	b.at = b.at.AddDate(3, 0, 0)
	_, err = draw("chief")
	b.wantCode("without a certificate in force", err, errs.Blocked, "equipment_not_valid")

	file, image := b.printed(pdf)
	if text := b.run("pdftotext", "-raw", file, "-"); !strings.Contains(text, "JZ-1") || !strings.Contains(text, "2027-01-04") {
		t.Errorf("certificate or validity are not on the label:\n%s", text)
	}
	if got := b.run("dmtxread", "-N1", image); got != number {
		t.Errorf("the DataMatrix reads %q, want %s", got, number)
	}
}
