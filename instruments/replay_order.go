package instruments

import (
	"hengjian/instruments/procedure"
	"hengjian/internal/ledger"
)

// filed puts an instrument on the register: a business's people file for their business only.
func (x *replayStep) filed(d *instrumentFiled) {
	x.by(ledger.Business, ledger.Verifier, ledger.Administrator)
	id := ledger.IDOf(x.e.Subject.ID)
	if _, twice := x.r.instruments[id]; twice {
		x.faults.Add("instrument_twice", "计量器具%s重复备案", "instrument %s is filed twice", x.e.Subject.Number)
	}
	if !x.r.people.Registered(d.BusinessID) {
		x.faults.Add("business_unknown", "计量器具%s所属的企业未登记", "the owner of instrument %s is not registered", x.e.Subject.Number)
	}
	if x.e.Role == ledger.Business && !x.r.people.ActsFor(x.e.ActorID, ledger.IDOf(d.BusinessID)) {
		x.faults.Add("owner_other", "计量器具%s由其他企业的人员%s备案", "instrument %s was filed by %s, who is of another business", x.e.Subject.Number, x.e.ActorID)
	}
	x.r.instruments[id] = replayedInstrument{x.e.Subject.Number, ledger.IDOf(d.BusinessID)}
}

// applied makes the order.
func (x *replayStep) applied(d *orderApplied) {
	id := ledger.IDOf(x.e.Subject.ID)
	x.o = x.r.orders[id]
	if x.o != nil {
		x.moved(Apply)
		return
	}
	x.o = &replayedOrder{instrument: d.Instrument}
	x.r.orders[id] = x.o
	x.moved(Apply)
	switch stage := procedure.Stage(d.Stage); stage {
	case procedure.Initial:
		x.o.stage = procedure.Initial
	case procedure.Subsequent:
		x.o.stage = procedure.Subsequent
	case procedure.Inspection:
		x.o.stage = procedure.Inspection
	default:
		x.fault("stage_unknown", "检定类别“%s”不可识别", "its stage is unknown: %s", d.Stage)
	}
	in, known := x.r.instruments[ledger.IDOf(d.InstrumentID)]
	switch {
	case !known && x.r.FromStart:
		x.fault("instrument_unknown", "计量器具%s未备案", "instrument %s was not filed", d.Instrument)
	case !known:
	case in.number != d.Instrument:
		x.fault("instrument_other", "计量器具编号应为%s，而非%s", "its instrument is %s, not %s", in.number, d.Instrument)
	default:
		x.o.instrument = in.number
		if x.e.Role == ledger.Business && !x.r.people.ActsFor(x.e.ActorID, in.owner) {
			x.fault("owner_other", "由其他企业的人员%s申请", "%s, who applied, is of another business", x.e.ActorID)
		}
	}
}

// take takes an event of an order that is known.
func (x *replayStep) take(data any) {
	switch d := data.(type) {
	case *orderAccepted:
		x.moved(Accept)
	case *orderRefused:
		x.moved(Refuse)
		x.reasoned(d.Refusal)
	case *verificationRecorded:
		x.recorded(d)
	case *recordStep:
		x.passed(d)
	case *recordReturned:
		x.moved(Return)
		x.same(d.recordRef)
		x.reasoned(d.Reason)
	}
}

func (x *replayStep) reasoned(reason ledger.Sealed) {
	if reason == (ledger.Sealed{}) {
		x.fault("reason_missing", "%s未说明原因", "%s has no reason", x.e.Kind)
	}
}

// recorded keeps the next revision of the record; one that is undetermined leaves the order accepted.
func (x *replayStep) recorded(d *verificationRecorded) {
	x.moved(Record)
	if d.Revision != int(x.o.revision)+1 || x.o.record == ledger.IDOf(d.RecordID) {
		x.fault("record_revision", "检定记录第%d版之后不是第%d版", "revision %d of the record is not followed by %d", x.o.revision, d.Revision)
	}
	x.o.record, x.o.revision, x.o.content = ledger.IDOf(d.RecordID), int32(d.Revision), ledger.SumOf(d.Content)
	x.o.verifier, x.o.checker = ledger.IDOf(x.e.ActorID), ledger.ID{}
	x.signed(d.Signature, d.Content)
	switch c := procedure.Conclusion(d.Conclusion); c {
	case procedure.Pass:
		x.o.conclusion = procedure.Pass
	case procedure.Fail:
		x.o.conclusion = procedure.Fail
	case procedure.Undetermined:
		x.o.conclusion, x.o.state = procedure.Undetermined, Accepted
	default:
		x.o.conclusion, x.o.state = procedure.Undetermined, Accepted
		x.fault("conclusion_unknown", "检定结论“%s”不可识别", "the conclusion of its record is unknown: %s", d.Conclusion)
	}
	x.r.records++
}

// passed is the check or the approval of the latest record, each by another person than who verified or checked it.
func (x *replayStep) passed(d *recordStep) {
	approval := x.e.Kind == kindVerificationApproved.Definition().Name
	if approval {
		x.moved(Approve)
	} else {
		x.moved(Check)
	}
	x.same(d.recordRef)
	x.signed(d.Signature, d.Content)
	if x.o.conclusion == procedure.Undetermined {
		x.fault("record_undetermined", "检定记录%s待判定，却被核验或批准", "record %s is undetermined, but was checked or approved", d.Record)
	}
	who := ledger.IDOf(x.e.ActorID)
	if who == x.o.verifier || who == x.o.checker {
		x.fault("same_person", "检定、核验、批准须由三人完成，%s不止办理一项", "three people verify, check and approve; %s did more than one of it", x.e.ActorID)
	}
	if approval {
		x.r.approved[x.o.record] = x.o
	} else {
		x.o.checker = who
	}
}

// same notes a step on another record than the latest, or on other content than was recorded.
func (x *replayStep) same(d recordRef) {
	switch {
	case x.o.record != ledger.IDOf(d.RecordID) || int(x.o.revision) != d.Revision:
		x.fault("record_other", "所办理的检定记录%s（第%d版）不是最新一版", "record %s (revision %d) is not the latest one", d.Record, d.Revision)
	case x.o.content != ledger.SumOf(d.Content):
		x.fault("record_content", "检定记录%s的内容与记录时不一致", "the content of record %s is not what was recorded", d.Record)
	}
}

// signed notes that the actor did not sign what the event says was signed.
func (x *replayStep) signed(id, content string) {
	if !x.r.people.Signed(id, x.e.ActorID, content) {
		x.fault("unsigned", "%s缺少%s对该内容的签名", "%s lacks the signature of %s over its content", x.e.Kind, x.e.ActorID)
	}
}
