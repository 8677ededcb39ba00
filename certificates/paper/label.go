package paper

import (
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"

	"hengjian/certificates/fonts"
	"hengjian/certificates/sheet"
	"hengjian/internal/calendar"
	"hengjian/internal/errs"
)

// Label is what stands on one label: that of a portion of a sample, a seal, a verified instrument or a piece of
// equipment. The code on it is the very number that people read beside it, so that a scanner types what they would.
type Label interface {
	face() face
}

// PortionLabel is the label of a portion of a sample (样品标签).
type PortionLabel struct {
	Issuer    string        `json:"issuer"`
	Number    string        `json:"number"`
	Reserve   bool          `json:"reserve"` // 备样, else 检样
	Product   string        `json:"product"`
	Category  string        `json:"category"`
	SampledOn calendar.Date `json:"sampled_on"`
	Quantity  string        `json:"quantity"`
	Storage   string        `json:"storage"`
	Seals     []string      `json:"seals"` // those that are intact
}

// SealLabel is a seal (封条), to be signed by who sealed and by whose the sample was.
type SealLabel struct {
	Issuer  string `json:"issuer"`
	Number  string `json:"number"`
	Portion string `json:"portion"`
	Product string `json:"product"`
}

// InstrumentLabel is the label of a verified instrument (检定合格证), of a certificate in force.
type InstrumentLabel struct {
	Issuer      string         `json:"issuer"`
	Number      string         `json:"number"`
	Certificate string         `json:"certificate"`
	Name        string         `json:"name"`
	Model       string         `json:"model"`
	Serial      string         `json:"serial"`
	VerifiedOn  calendar.Date  `json:"verified_on"`
	ValidUntil  *calendar.Date `json:"valid_until"` // nil where its procedure knows no end
	Verifier    string         `json:"verifier"`
	URL         string         `json:"url"` // where the public checks the certificate
}

// EquipmentLabel is the label of a piece of the bureau's own equipment (设备标签), of a certificate in force.
type EquipmentLabel struct {
	Issuer      string        `json:"issuer"`
	Number      string        `json:"number"`
	Name        string        `json:"name"`
	Model       string        `json:"model"`
	Serial      string        `json:"serial"`
	Place       string        `json:"place"`
	Certificate string        `json:"certificate"`
	ValidUntil  calendar.Date `json:"valid_until"`
}

// LabelSize is the size of a label, width by height in millimetres.
type LabelSize string

// LabelSheet is what labels are printed on.
type LabelSheet string

// The papers of labels.
const (
	Label50x30 LabelSize = "50x30"
	Label70x50 LabelSize = "70x50"

	Roll    LabelSheet = "roll" // one label a page, for label printers
	SheetA4 LabelSheet = "a4"   // as many as go on a page, to be cut, for office printers
)

// LabelOptions say how labels are printed.
type LabelOptions struct {
	Size    LabelSize
	Sheet   LabelSheet
	DPI     int       // of the printer: 203, 300 or 600
	Printed time.Time // the date of the file
}

// Validate tells all that is wrong with the options.
func (o LabelOptions) Validate() error {
	var l errs.List
	if _, ok := labelForms[o.Size]; !ok {
		l.Add("size", "choice", "标签尺寸须为 50x30 或 70x50（毫米）", "the size of labels is 50x30 or 70x50 (millimetres)")
	}
	if o.Sheet != Roll && o.Sheet != SheetA4 {
		l.Add("sheet", "choice", "标签纸须为 roll（卷筒）或 a4", "labels are printed on roll or a4")
	}
	if !slices.Contains([]int{203, 300, 600}, o.DPI) {
		l.Add("dpi", "choice", "打印机分辨率须为 203、300 或 600 dpi", "the printer has 203, 300 or 600 dpi")
	}
	return l.Err()
}

const (
	maxLabels    = 300
	maxLabelText = 400 // characters of one text
)

// DrawLabels returns the labels as a PDF: the same labels and options give the same bytes. It is errs.Invalid when a text
// holds a character that the fonts cannot show or is longer than the label can hold, and errs.Unavailable when the
// program was built without fonts.
func DrawLabels(labels []Label, o LabelOptions) ([]byte, error) {
	set, err := fonts.Load()
	if err != nil {
		return nil, err
	}
	doc, err := layOutLabels(set, labels, o)
	if err != nil {
		return nil, err
	}
	data, err := doc.PDF(set)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	return data, nil
}

func layOutLabels(set *fonts.Set, labels []Label, o LabelOptions) (sheet.Document, error) {
	if err := o.Validate(); err != nil {
		return sheet.Document{}, err
	}
	if err := labelFaults(set, labels); err != nil {
		return sheet.Document{}, err
	}
	form := labelForms[o.Size]
	plan := form.plan(o.Sheet)
	var l errs.List
	s := sheet.New(set, sheet.Rect{W: plan.paper.W, H: plan.paper.H}, nil)
	for i, label := range labels {
		if i > 0 && i%plan.perPage() == 0 {
			s.NewPage()
		}
		cell := plan.cell(i)
		if o.Sheet == SheetA4 {
			cutLines(s, cell)
		}
		p := labelPress{Sheet: s, form: form, dpi: sheet.DPI(o.DPI), box: inset(cell, form.margin)}
		if err := p.draw(label.face()); err != nil {
			l.Merge(fmt.Sprintf("labels[%d]", i), err)
		}
	}
	return sheet.Document{
		Title: "标签", Author: labels[0].face().issuer, Created: o.Printed.In(shanghai),
		Paper: plan.paper, TrueSize: true, Pages: s.Finish(func(*sheet.Sheet, int, int) {}),
	}, l.Err()
}

// labelFaults looks at every text, as textFaults does for documents.
func labelFaults(set *fonts.Set, labels []Label) error {
	var l errs.List
	if len(labels) == 0 || len(labels) > maxLabels {
		l.Add("labels", "count", fmt.Sprintf("标签须为 1 至 %d 枚，现为 %d 枚", maxLabels, len(labels)),
			fmt.Sprintf("1 to %d labels are printed at once, not %d", maxLabels, len(labels)))
		return l.Err()
	}
	eachText("labels", reflect.ValueOf(labels), func(path, text string) {
		switch {
		case utf8.RuneCountInString(text) > maxLabelText:
			l.Add(path, "too_long", fmt.Sprintf("不得超过 %d 字", maxLabelText), fmt.Sprintf("longer than %d characters", maxLabelText))
		case !utf8.ValidString(text):
			l.Add(path, "not_utf8", "含有无法识别的编码", "holds bytes that are not UTF-8")
		default:
			glyphFaults(&l, set, path, text)
		}
	})
	return l.Err()
}
