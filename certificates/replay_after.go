package certificates

import "hengjian/internal/ledger"

// take takes an event of a document that is issued.
func (x *replayStep) take(data any) {
	switch d := data.(type) {
	case *documentFinished:
		x.finish(d)
	case *revocationRequested:
		x.requested(d)
	case *revocationDecided:
		x.decided(d)
	}
}

// finish notes a file of other content than was issued, or with the proof of another event inside.
func (x *replayStep) finish(d *documentFinished) {
	x.by(ledger.System)
	if x.d.finished >= 0 {
		x.fault("finished_twice", "文书文件重复完成", "its file is finished twice")
		return
	}
	if x.d.content != ledger.SumOf(d.Content) {
		x.fault("document_content", "文书文件的内容与签发时不一致", "its file is of other content than was issued")
	}
	if x.d.issued != d.Index {
		x.fault("document_index", "文书文件所载签发事件序号为%d，应为%d", "its file names %d as the index of its issue, which is %d", d.Index, x.d.issued)
	}
	x.d.file, x.d.finished = ledger.SumOf(d.File), x.index
	if x.d.file == (ledger.Sum{}) {
		x.fault("document_file", "文书文件的摘要“%s”不可识别", "the hash of its file is unreadable: %s", d.File)
	}
	x.r.finished++
}

// requested opens a revocation: one at a time, and none of what is revoked.
func (x *replayStep) requested(d *revocationRequested) {
	x.by(revokers(x.d.kind)...)
	if d.Reason == (ledger.Sealed{}) {
		x.fault("reason_missing", "申请撤销未说明原因", "its revocation was asked for without a reason")
	}
	switch {
	case x.d.revoked:
		x.fault("revoked_already", "已撤销，又申请撤销", "its revocation was asked for after it was revoked")
	case x.d.request.id != ledger.ID{}:
		x.fault("revocation_open", "已有撤销申请尚未办结", "its revocation was asked for while an earlier request waited")
	}
	x.d.request = replayedRequest{id: ledger.IDOf(d.Revocation), by: ledger.IDOf(x.e.ActorID), hash: x.signed(d.Signature)}
}

// decided ends a revocation; another person than who asked decides over the same content.
func (x *replayStep) decided(d *revocationDecided) {
	x.by(revokers(x.d.kind)...)
	hash := x.signed(d.Signature)
	asked := x.d.request
	switch {
	case asked.id != ledger.IDOf(d.Revocation):
		x.fault("no_revocation", "没有待确认的撤销申请%s", "no request %s for its revocation waits for a decision", d.Revocation)
	case asked.by == ledger.IDOf(x.e.ActorID):
		x.fault("same_person", "撤销由申请人%s自己确认", "its revocation was decided by who asked for it, %s", x.e.ActorID)
	case hash != ledger.Sum{} && asked.hash != ledger.Sum{} && hash != asked.hash:
		x.fault("revocation_content", "确认撤销所签内容与申请时不一致", "who decided on its revocation signed something else than who asked for it")
	}
	x.d.request = replayedRequest{}
	if x.e.Kind == kindRevoked.Definition().Name && !x.d.revoked {
		x.d.revoked = true
		x.r.revoked++
	}
}

// signed notes that the actor did not sign anything about the document, and returns the hash of what was signed. The
// reason in it is in no event.
func (x *replayStep) signed(signature string) ledger.Sum {
	hash, ok := x.r.people.SignedAbout(signature, x.e.ActorID, x.e.Subject.ID)
	if !ok {
		x.fault("unsigned", "%s缺少%s的签名", "%s lacks the signature of %s", x.e.Kind, x.e.ActorID)
	}
	return hash
}
