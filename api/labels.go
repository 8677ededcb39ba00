package api

import (
	"context"

	"hengjian/certificates"
	"hengjian/internal/ledger"
)

// Labelled says how labels are printed; the codes on them are drawn for the printer's own dots.
type Labelled struct {
	Numbered
	Size  string `query:"size" default:"50x30" enum:"50x30,70x50" doc:"millimetres"`
	DPI   int    `query:"dpi" default:"203" doc:"of the printer: 203, 300 or 600"`
	Sheet string `query:"sheet" default:"roll" enum:"roll,a4" doc:"one label a page, or a page full of labels"`
}

func (q Labelled) options() certificates.LabelOptions {
	return certificates.LabelOptions{Size: q.Size, Sheet: q.Sheet, DPI: q.DPI}
}

type sampleLabelQuery struct {
	Labelled
	Kind string `query:"kind" enum:"portion,seal" doc:"both when left out"`
}

func (s *server) sampleLabels(ctx context.Context, actor ledger.Actor, in *sampleLabelQuery) (*binary, error) {
	o := in.options()
	o.Kind = in.Kind
	content, err := s.Certificates.SampleLabels(ctx, actor, in.Number, o)
	return labelFile(in.Number, content), err
}

func (s *server) instrumentLabel(ctx context.Context, actor ledger.Actor, in *Labelled) (*binary, error) {
	content, err := s.Certificates.InstrumentLabel(ctx, actor, in.Number, in.options())
	return labelFile(in.Number, content), err
}

func (s *server) equipmentLabel(ctx context.Context, actor ledger.Actor, in *Labelled) (*binary, error) {
	content, err := s.Certificates.EquipmentLabel(ctx, actor, in.Number, in.options())
	return labelFile(in.Number, content), err
}

func labelFile(number string, content []byte) *binary {
	return pdfFile("标签-"+number+".pdf", content)
}
