package users

import (
	"hengjian/internal/ledger"
)

// replayedSignature is a signature that waits for the step that it was made for.
type replayedSignature struct {
	by, subject ledger.ID
	hash        ledger.Sum
}

func (r *Replay) signatureMade(f *ledger.Faults, e ledger.Told, d *signatureMade) {
	s := replayedSignature{ledger.IDOf(e.ActorID), ledger.IDOf(d.SubjectID), ledger.SumOf(d.ContentHash)}
	id := ledger.IDOf(e.Subject.ID)
	if _, twice := r.signatures[id]; twice {
		f.Add("signature_twice", "签名%s重复", "signature %s is made twice", e.Subject.ID)
		return
	}
	if s.hash == (ledger.Sum{}) {
		f.Add("signature_empty", "签名%s没有签署内容", "signature %s covers nothing", e.Subject.ID)
		return
	}
	if d.List != "" {
		r.onList(f, e, d)
	}
	r.signatures[id] = s
	r.signed++
}

// replayedList is a list that somebody signed, with what of it was not signed by itself yet.
type replayedList struct {
	by   ledger.ID
	role ledger.Role
	left map[ledger.Sum]bool
}

func (r *Replay) listSigned(f *ledger.Faults, e ledger.Told, d *listSigned) {
	id := ledger.IDOf(e.Subject.ID)
	if _, twice := r.lists[id]; twice {
		f.Add("signature_twice", "签名%s重复", "signature %s is made twice", e.Subject.ID)
		return
	}
	if sum, _, err := ledger.Hash(d.Items); err != nil || ledger.Sum(sum) != ledger.SumOf(d.ContentHash) {
		f.Add("list_hash", "批量签名%s的摘要与清单不符", "the hash of signature %s is not that of its list", e.Subject.ID)
	}
	list := replayedList{by: ledger.IDOf(e.ActorID), role: e.Role, left: map[ledger.Sum]bool{}}
	for _, item := range d.Items {
		list.left[ledger.SumOf(item.ContentHash)] = true
	}
	r.lists[id] = list
	r.signed++
}

// onList notes a signature that is said to follow from a list, and does not: nobody signed the list before, somebody else
// did or in another role, what is signed is not on it, or was signed already.
func (r *Replay) onList(f *ledger.Faults, e ledger.Told, d *signatureMade) {
	list, known := r.lists[ledger.IDOf(d.List)]
	hash := ledger.SumOf(d.ContentHash)
	switch {
	case !known:
		f.Add("list_unknown", "签名%s所依据的批量签名%s不存在", "signature %s follows from a list that nobody signed, %s", e.Subject.ID, d.List)
	case list.by != ledger.IDOf(e.ActorID) || list.role != e.Role:
		f.Add("list_other", "签名%s所依据的批量签名%s属于他人或其他角色", "signature %s follows from the list of another person or role, %s", e.Subject.ID, d.List)
	case !list.left[hash]:
		f.Add("list_without", "签名%s所签内容不在批量签名%s之列", "what signature %s is under is not, or no longer, on the list %s", e.Subject.ID, d.List)
	}
	delete(list.left, hash)
}

// Signed tells whether the person made the signature of the id over the hash, for no step before; it is used up then.
func (r *Replay) Signed(id, by, contentHash string) bool {
	key := ledger.IDOf(id)
	s, known := r.signatures[key]
	if !known || s.by != ledger.IDOf(by) || s.hash != ledger.SumOf(contentHash) {
		return false
	}
	delete(r.signatures, key)
	return true
}

// SignedAbout does the same where what was signed is in no event, but what it is about; it returns the hash.
func (r *Replay) SignedAbout(id, by, subjectID string) (contentHash ledger.Sum, ok bool) {
	key := ledger.IDOf(id)
	s, known := r.signatures[key]
	if !known || s.by != ledger.IDOf(by) || s.subject != ledger.IDOf(subjectID) {
		return ledger.Sum{}, false
	}
	delete(r.signatures, key)
	return s.hash, true
}
