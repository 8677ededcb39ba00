package instruments

import (
	"hengjian/internal/calendar"
	"hengjian/internal/ledger"
)

// What the events of this room tell.
type (
	instrumentFiled struct {
		BusinessID string            `json:"business_id" doc:"id of the owner"`
		Maker      string            `json:"maker" doc:"maker"`
		Model      string            `json:"model" doc:"model"`
		Serial     string            `json:"serial" doc:"serial number"`
		Procedure  string            `json:"procedure" doc:"code of the procedure by which it is verified"`
		Parameters map[string]string `json:"parameters" doc:"what the procedure asks for, by name"`
	}

	equipmentAdded struct {
		Kind     string        `json:"kind" doc:"laboratory or reference"`
		Name     string        `json:"name" doc:"what it is"`
		Model    string        `json:"model" doc:"model"`
		Serial   string        `json:"serial" doc:"serial number"`
		Maker    string        `json:"maker" doc:"maker"`
		Range    string        `json:"range" doc:"measuring range"`
		Accuracy string        `json:"accuracy" doc:"accuracy class or uncertainty"`
		Place    ledger.Sealed `json:"place" doc:"where it stands"`
		State    string        `json:"state" doc:"in_use or stopped"`
	}

	equipmentCertified struct {
		Certificate          string        `json:"certificate" doc:"id of the certificate"`
		Number               string        `json:"number" doc:"number of the certificate"`
		Issuer               string        `json:"issuer" doc:"body that issued it"`
		ValidFrom            calendar.Date `json:"valid_from" doc:"first day"`
		ValidUntil           calendar.Date `json:"valid_until" doc:"last day"`
		Uncertainty          string        `json:"uncertainty" doc:"uncertainty as stated"`
		RelativeMPE          string        `json:"relative_mpe" doc:"ratio of its MPE to that of what it verifies, where stated"`
		ReferenceEquipmentID string        `json:"reference_equipment_id,omitempty" doc:"id of the bureau's own reference, where it rests on one"`
		ReferenceName        string        `json:"reference_name" doc:"name of the reference"`
		ReferenceNumber      string        `json:"reference_number" doc:"number of the reference's certificate"`
	}

	standardAdded struct {
		Name        string        `json:"name" doc:"name of the measurement standard 计量标准"`
		Range       string        `json:"range" doc:"measuring range"`
		Accuracy    string        `json:"accuracy" doc:"accuracy class or uncertainty"`
		Certificate string        `json:"certificate" doc:"number of its certificate 考核证书"`
		ValidFrom   calendar.Date `json:"valid_from" doc:"first day"`
		ValidUntil  calendar.Date `json:"valid_until" doc:"last day"`
		Equipment   []string      `json:"equipment" doc:"ids of its equipment"`
		Procedures  []string      `json:"procedures" doc:"codes of the procedures that it serves"`
	}

	procedureApproved struct {
		Definition string `json:"definition" doc:"SHA-256 of the text of the definition, hexadecimal"`
	}

	waivedFeeSet struct {
		Procedure string        `json:"procedure" doc:"code of the procedure"`
		Amount    string        `json:"amount" doc:"yuan"`
		Basis     string        `json:"basis" doc:"article on which the former fee rested"`
		ValidFrom calendar.Date `json:"valid_from" doc:"first day"`
	}

	orderApplied struct {
		Instrument   string `json:"instrument" doc:"number of the instrument"`
		InstrumentID string `json:"instrument_id" doc:"id of the instrument"`
		Stage        string `json:"stage" doc:"initial, subsequent or inspection"`
		WaivedFee    string `json:"waived_fee" doc:"yuan that are waived"`
		Bilingual    bool   `json:"bilingual,omitempty" doc:"whether the certificate is wanted in Chinese and English"`
	}

	orderAccepted struct {
		ScheduledOn    *calendar.Date `json:"scheduled_on,omitempty" doc:"day of the verification, where it is fixed"`
		DueOn          calendar.Date  `json:"due_on" doc:"last day for the verification"`
		DueProvisional bool           `json:"due_provisional" doc:"whether that day crosses a year without an official calendar"`
	}

	orderRefused struct {
		Refusal ledger.Sealed `json:"refusal" doc:"reason of the refusal"`
	}

	verificationRecorded struct {
		recordStep
		Conclusion            string   `json:"conclusion" doc:"pass, fail or undetermined; the last leaves the order accepted"`
		Procedure             string   `json:"procedure" doc:"id of the edition of the procedure"`
		Standard              string   `json:"standard" doc:"id of the measurement standard"`
		EquipmentCertificates []string `json:"equipment_certificates" doc:"ids of the certificates of the equipment used"`
	}

	recordStep struct {
		recordRef
		Signature string `json:"signature" doc:"id of the signature under the record"`
	}

	recordReturned struct {
		recordRef
		Reason ledger.Sealed `json:"reason" doc:"why it was returned"`
	}

	recordRef struct {
		Record   string `json:"record" doc:"number of the record"`
		RecordID string `json:"record_id" doc:"id of the record"`
		Revision int    `json:"revision" doc:"revision of the record of this order, from 1"`
		Content  string `json:"content" doc:"SHA-256 of the record as it was shown, hexadecimal"`
	}
)

func (e Equipment) about() ledger.Subject {
	return ledger.Subject{Kind: "equipment", ID: e.ID, Number: e.Number}
}

func (e Equipment) added() equipmentAdded {
	return equipmentAdded{Kind: e.Kind, Name: e.Name, Model: e.Model, Serial: e.Serial, Maker: e.Maker, Range: e.Range,
		Accuracy: e.Accuracy, Place: ledger.Seal(e.Place), State: e.State}
}

func (c EquipmentCertificate) recorded() equipmentCertified {
	return equipmentCertified{Certificate: c.ID, Number: c.Number, Issuer: c.Issuer, ValidFrom: c.ValidFrom,
		ValidUntil: c.ValidUntil, Uncertainty: c.Uncertainty, RelativeMPE: c.RelativeMPE,
		ReferenceEquipmentID: c.ReferenceEquipmentID, ReferenceName: c.ReferenceName, ReferenceNumber: c.ReferenceNumber}
}

func (o Order) about() ledger.Subject {
	return ledger.Subject{Kind: "verification_order", ID: o.ID, Number: o.Number}
}

// ref names the record in an event, with the hash of its content.
func (v Verification) ref(content string) recordRef {
	return recordRef{v.RecordNumber, v.ID, v.Revision, content}
}

// The kinds of events of this room. Those of a verification are about its order.
var (
	kindInstrumentFiled      = ledger.Define[instrumentFiled]("instrument.filed", 1, "备案计量器具", "instrument filed")
	kindEquipmentAdded       = ledger.Define[equipmentAdded]("equipment.added", 1, "登记设备", "equipment added")
	kindEquipmentCertified   = ledger.Define[equipmentCertified]("equipment.certified", 1, "登记设备证书", "certificate of the equipment recorded")
	kindStandardAdded        = ledger.Define[standardAdded]("measurement_standard.added", 1, "登记计量标准", "measurement standard added")
	kindProcedureApproved    = ledger.Define[procedureApproved]("procedure.approved", 1, "批准规程数据", "data of the procedure approved")
	kindWaivedFeeSet         = ledger.Define[waivedFeeSet]("waived_fee.set", 1, "登记免收费用", "waived fee set")
	kindOrderApplied         = ledger.Define[orderApplied]("verification_order.applied", 1, "提交检定申请", "verification applied for")
	kindOrderAccepted        = ledger.Define[orderAccepted]("verification_order.accepted", 1, "受理检定申请", "application accepted")
	kindOrderRefused         = ledger.Define[orderRefused]("verification_order.refused", 1, "不予受理检定申请", "application refused")
	kindVerificationRecorded = ledger.Define[verificationRecorded]("verification.recorded", 1, "检定记录", "verification recorded")
	kindVerificationChecked  = ledger.Define[recordStep]("verification.checked", 1, "核验检定记录", "record checked")
	kindVerificationReturned = ledger.Define[recordReturned]("verification.returned", 1, "退回检定记录", "record returned")
	kindVerificationApproved = ledger.Define[recordStep]("verification.approved", 1, "批准检定记录", "record approved")
)

// Events lists the kinds of events of this room.
func Events() []ledger.Definition {
	return []ledger.Definition{
		kindInstrumentFiled.Definition(), kindEquipmentAdded.Definition(), kindEquipmentCertified.Definition(),
		kindStandardAdded.Definition(), kindProcedureApproved.Definition(), kindWaivedFeeSet.Definition(),
		kindOrderApplied.Definition(), kindOrderAccepted.Definition(), kindOrderRefused.Definition(),
		kindVerificationRecorded.Definition(), kindVerificationChecked.Definition(), kindVerificationReturned.Definition(),
		kindVerificationApproved.Definition(),
	}
}
