package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/calendar"
)

// inFrame are the texts of a page that are neither head nor foot, from top to bottom.
func inFrame(p *sheet.Page) []sheet.Text {
	var out []sheet.Text
	for _, t := range p.Texts {
		if t.Y > frame.Y && t.Y < footTop && t.Color != sealColor {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b sheet.Text) int { return cmp.Compare(a.Y, b.Y) })
	return out
}

// grown are contents of every kind that are n lines longer.
func grown(n int) map[string]Content {
	lines := strings.Repeat("\n又一行", n)
	out := map[string]Content{}
	report, calibrated, notice := foodReport(), meterCalibration(), gaugeNotice()
	report.Remedy += lines
	calibrated.Results = slices.Clone(calibrated.Results)
	calibrated.Results[0].Note += lines
	notice.Remarks, notice.Bilingual = "备注"+lines, true
	out["report"], out["calibration"], out["notice"] = report, calibrated, notice
	form, custody := foodForm(), custodySheet()
	form.Items = slices.Repeat(form.Items, 1+n)
	out["form"] = form
	form.Notice = nil
	out["form that tells nothing"] = form
	custody.Handovers = slices.Repeat(custody.Handovers, 1+n/2)
	out["custody"] = custody
	custody.Gaps = nil
	out["custody without gaps"] = custody
	for _, k := range followUps {
		c := followUp(k)
		c.Sample.Name += lines
		out[string(k)] = c
		c.Rules = nil
		out[string(k)+" that tells nothing"] = c
	}
	return out
}

// TestWhatBelongsTogether: at whatever place on the page the end comes, no heading stands at the foot of a page without
// what it is over, the mark of the end and the places for hands do not stand on a page by themselves, and the places for
// hands are all on the page that ends.
func TestWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	set := faces(t)
	alone := []string{"——报告结束——", "（以下空白）", "签字确认", "抽样人员", "签名：", "（盖章）", "签名（盖章）：", "核对人", "申请人", "移交人", "处置人一", "批准人", "受理部门"}
	for n := range 56 {
		for name, c := range grown(n) {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				t.Parallel()
				pages := mustLayOut(t, set, c, options(c))
				for i, p := range pages {
					on := inFrame(p)
					if len(on) == 0 {
						t.Fatalf("page %d is empty", i+1)
					}
					if last := on[len(on)-1]; last.Font == fonts.Bold && (last.Size == sectionStyle.Size || last.Size == closeLooks.section.Size) {
						t.Errorf("page %d ends with the heading %q", i+1, last.Text)
					}
					if first := squeeze(on[0].Text); slices.Contains(alone, first) {
						t.Errorf("page %d begins with %q", i+1, first)
					}
				}
				if c.DocumentKind().Issued() {
					return
				}
				for i, p := range pages {
					said := pageTexts(onePageOf(p))
					ends := strings.Contains(said, "（以下空白）") || c.DocumentKind() == ResultNotice
					if strings.Contains(said, "日期：　　　　年") && !ends {
						t.Errorf("page %d is signed and does not end", i+1)
					}
				}
			})
		}
	}
}

// TestPapersAreOneSheet: usual papers are, each copy of the form too; the notice of the result has its receipt of service
// on a second one.
func TestPapersAreOneSheet(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for name, c := range samples() {
		want := 1
		switch {
		case c.DocumentKind().Issued():
			continue
		case c.DocumentKind() == ResultNotice:
			want = 2
		case c.DocumentKind() == SamplingForm:
			want = 5
		}
		if got := len(mustLayOut(t, set, c, options(c))); got != want {
			t.Errorf("%s has %d pages, want %d", name, got, want)
		}
	}
}

// TestConclusionStaysWithTheSignatures: a certificate whose first page overflows has its conclusion where it is signed.
func TestConclusionStaysWithTheSignatures(t *testing.T) {
	t.Parallel()
	set, signedLater := faces(t), 0
	for n := range 40 {
		c := scaleCertificate()
		c.Applicant.Name = "甲" + strings.Repeat("\n乙", n)
		for i, p := range mustLayOut(t, set, c, options(c)) {
			said := pageTexts(onePageOf(p))
			if !strings.Contains(said, "检定专用章"+"批准人") && !strings.Contains(said, c.Signatures.Approver.Name) {
				continue
			}
			if !strings.Contains(said, "Ⅲ级合格") {
				t.Errorf("%d lines: page %d is signed without a conclusion", n, i+1)
			}
			signedLater += i
		}
	}
	if signedLater == 0 {
		t.Error("no certificate was long enough to say anything")
	}
}

// TestSealStaysWithTheSignatures: whatever a report or a certificate says, its seal and its signatures stand on one page.
func TestSealStaysWithTheSignatures(t *testing.T) {
	t.Parallel()
	set := faces(t)
	for n := range 60 {
		lines := strings.Repeat("\n又一行", n)
		remarked, judged, both, cert := foodReport(), foodReport(), foodReport(), scaleCertificate()
		remarked.Remarks = "备注" + lines
		judged.JudgingBasis, judged.Items = append(slices.Clone(judged.JudgingBasis), "又一标准"+lines), judged.Items[:2]
		both.JudgingBasis, both.Items, both.Remarks, both.Bilingual = judged.JudgingBasis, judged.Items, "备注"+lines, true
		cert.Instrument.Name += lines
		for _, c := range []Content{remarked, judged, both, cert} {
			pages := mustLayOut(t, set, c, Options{URL: testURL})
			sealed, signed := -1, -1
			for i, p := range pages {
				if slices.ContainsFunc(p.Circles, func(c sheet.Circle) bool { return c.Dashed && c.From == c.To }) {
					sealed = i
				}
				if said := pageTexts(onePageOf(p)); strings.Contains(said, Signatories(c)[2].Name) {
					signed = i
				}
			}
			if sealed < 0 || sealed != signed {
				t.Errorf("%s with %d lines: the seal is on page %d, the signatures on page %d", c.head().number, n, sealed+1, signed+1)
			}
			for _, fault := range collisions(pages) {
				t.Errorf("%s with %d lines: %s", c.head().number, n, fault)
			}
		}
	}
}

// TestPreviewIsTheDocument: what is issued stands where the preview had it, but for number, day, signatures, code and
// address, for which the preview has as much room.
func TestPreviewIsTheDocument(t *testing.T) {
	t.Parallel()
	set := faces(t)
	all := samples()
	for name, c := range variants() {
		all["bilingual "+name] = c
	}
	for name, c := range all {
		if !c.DocumentKind().Issued() {
			continue
		}
		issued := mustLayOut(t, set, c, Options{URL: testURL})
		previews := mustLayOut(t, set, unsigned(c), Options{Watermark: Draft, Pending: strings.Repeat("x", len(testURL))})
		if len(previews) != len(issued) {
			t.Errorf("%s: %d pages, and %d in the preview", name, len(issued), len(previews))
			continue
		}
		differ := 0
		for i := range issued {
			is, was := placed(issued[i]), placed(previews[i])
			for at := range was {
				if !is[at] {
					differ++
				}
			}
			if got, want := placedLines(previews[i]), placedLines(issued[i]); len(missing(want, got)) > 0 {
				t.Errorf("%s page %d: other lines %v", name, i+1, missing(want, got))
			}
		}
		if differ > 8+3*len(issued) { // number at three places, three signatures, day, address, code
			t.Errorf("%s: %d texts stand elsewhere than in the preview", name, differ)
		}
	}
}

// unsigned is a content before its signatures, number and day of issue.
func unsigned(c Content) Content {
	switch c := c.(type) {
	case ReportContent:
		c.Number, c.IssuedOn, c.Signatures = "", calendar.Date{}, ReportSignatures{}
		return c
	case VerificationContent:
		c.Number, c.IssuedOn, c.Signatures = "", calendar.Date{}, VerificationSignatures{}
		return c
	case CalibrationContent:
		c.Number, c.IssuedOn, c.Signatures = "", calendar.Date{}, CalibrationSignatures{}
		return c
	}
	return c
}

func placed(p *sheet.Page) map[string]bool {
	out := map[string]bool{}
	for _, t := range p.Texts {
		out[fmt.Sprintf("%.2f %.2f %s", t.X, t.Y, t.Text)] = true
	}
	return out
}

func placedLines(p *sheet.Page) []string {
	var out []string
	for _, l := range p.Lines {
		out = append(out, fmt.Sprintf("%.2f %.2f %.2f %.2f", l.X1, l.Y1, l.X2, l.Y2))
	}
	return out
}

func missing(want, got []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
}
