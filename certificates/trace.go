package certificates

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hengjian/instruments"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
	"hengjian/internal/users"
)

// Trace is the way back from a document to every person, seal, instrument, certificate and standard that it rests on, in
// order, with every gap by name. Rests lists the ids of the nodes that a node rests on.
type Trace struct {
	Document Document `json:"document"`
	Nodes    []Node   `json:"nodes"`
	Gaps     []Gap    `json:"gaps"`
	Intact   bool     `json:"intact" doc:"no gap was found and every hash is as stored"`
}

// Node is one thing on the way. ZH and EN are for people; what a program goes by stands in Kind, Code and State.
type Node struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind" enum:"document,signature,report,result,order,instrument,verification,procedure,standard,equipment_certificate,reference,file,portion,seal,custody,sampling,event"`
	Number string     `json:"number" doc:"of a handover the labels of its portions; of an event or a signature its code"`
	Code   string     `json:"code,omitempty" doc:"purpose of a handover, role of a signature, kind of an event"`
	State  string     `json:"state,omitempty" doc:"of a handover"`
	ZH     string     `json:"zh"`
	EN     string     `json:"en"`
	Person string     `json:"person,omitempty"`
	At     *time.Time `json:"at,omitempty"`
	Hash   string     `json:"hash,omitempty"`
	Rests  []string   `json:"rests"`
}

// Gap is a link that is missing or does not hold.
type Gap struct {
	Node string `json:"node"`
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Trace follows a document back. It is read from the stored facts, never from the document's own words.
func (s *Service) Trace(ctx context.Context, actor ledger.Actor, number string) (Trace, error) {
	d, err := s.find(ctx, s.db, actor, number)
	if err != nil {
		return Trace{}, err
	}
	if finished, err := s.finished(ctx, d); err == nil {
		d = finished // else what is missing is a gap, below
	}
	w := &walker{ctx: ctx, q: s.db, actor: actor, trace: Trace{Document: d, Nodes: []Node{}, Gaps: []Gap{}}, seen: map[string]bool{}}
	w.document(d)
	if err := s.checkBytes(w, d); err != nil {
		return Trace{}, err
	}
	switch d.SubjectKind {
	case "report":
		err = s.traceReport(w, d)
	case "verification":
		err = s.traceVerification(w, d)
	}
	if err == nil {
		err = w.events("document", d.ID)
	}
	w.trace.Intact = len(w.trace.Gaps) == 0
	return w.trace, err
}

// walker gathers the nodes of one trace.
type walker struct {
	ctx   context.Context
	q     database.Queryer
	actor ledger.Actor
	trace Trace
	seen  map[string]bool
}

func (w *walker) add(n Node) {
	if w.seen[n.ID] {
		return
	}
	w.seen[n.ID] = true
	if n.Rests == nil {
		n.Rests = []string{}
	}
	w.trace.Nodes = append(w.trace.Nodes, n)
}

// gap names a gap, once however many ways lead to it.
func (w *walker) gap(node, code, zh, en string) {
	if g := (Gap{Node: node, Code: code, ZH: zh, EN: en}); !slices.Contains(w.trace.Gaps, g) {
		w.trace.Gaps = append(w.trace.Gaps, g)
	}
}

func (w *walker) document(d Document) {
	w.add(Node{
		ID: d.ID, Kind: "document", Number: d.Number, ZH: kindNames[d.Kind].zh, EN: kindNames[d.Kind].en, At: &d.IssuedAt,
		Hash: d.FileHash, Rests: []string{d.SubjectID},
	})
}

// checkBytes reads the stored file again and holds it against its hash, and both hashes against what the ledger was told.
func (s *Service) checkBytes(w *walker, d Document) error {
	_, err := s.bytes(w.ctx, d)
	if errs.KindOf(err) == errs.Unavailable {
		return err // nothing is known of the file
	}
	if err != nil {
		w.gap(d.ID, "file_differs", "存储的文书文件缺失或与登记的哈希不一致", "the stored file is missing or has another hash")
	}
	ok, err := contentIntact(w.ctx, w.q, d.ID)
	if err != nil {
		return err
	}
	if !ok {
		w.gap(d.ID, "content_differs", "冻结内容与登记的哈希不一致", "the frozen content has another hash")
	}
	return w.checkTold(d)
}

// checkTold compares the document with its events: the content that was issued, the bytes that were finished.
func (w *walker) checkTold(d Document) error {
	events, err := ledger.History(w.ctx, w.q, "document", d.ID)
	if err != nil {
		return err
	}
	var told struct {
		Data struct {
			Content string `json:"content"`
			File    string `json:"file"`
		} `json:"data"`
	}
	for _, e := range events {
		if e.Kind != kindIssued.Definition().Name && e.Kind != kindFinished.Definition().Name {
			continue
		}
		if err := json.Unmarshal([]byte(e.Body), &told); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
	}
	if told.Data.Content != d.ContentHash || told.Data.File != d.FileHash {
		w.gap(d.ID, "document_not_as_told", "文书内容或文件的哈希与日志中的事件不一致",
			"the hash of the content or of the file is not that of the events in the ledger")
	}
	return nil
}

// signatures adds everybody who signed a subject, and holds what each one signed against the hash of the subject as it
// stands, where that is given.
func (w *walker) signatures(kind, id, hash string) error {
	list, err := users.Signatures(w.ctx, w.q, kind, id)
	if err != nil {
		return err
	}
	for _, sig := range list {
		at, role := sig.SignedAt, roleNames[sig.Role]
		w.add(Node{
			ID: sig.ID, Kind: "signature", Number: string(sig.Role), Code: string(sig.Role), Person: sig.Name, At: &at,
			ZH: role.zh + "签名：" + sig.Meaning, EN: "Signed as " + role.en + ": " + sig.Meaning,
			Hash: sig.ContentHash, Rests: []string{id},
		})
		if hash != "" && sig.ContentHash != hash {
			w.gap(sig.ID, "signed_other_content", "所签内容与现存记录不一致", "what was signed is not what is on record now")
		}
	}
	if len(list) == 0 {
		w.gap(id, "unsigned", "没有签名记录", "there is no signature")
	}
	return nil
}

// events adds what the ledger holds of a subject and checks each hash.
func (w *walker) events(kind, id string) error {
	entries, err := ledger.History(w.ctx, w.q, kind, id)
	if err != nil {
		return err
	}
	for _, e := range entries {
		at, what := e.At, eventName(e.Kind)
		w.add(Node{
			ID: e.ID, Kind: "event", Number: e.Kind, Code: e.Kind, ZH: what.zh, EN: what.en, Person: e.Actor, At: &at,
			Hash: e.Hash, Rests: []string{id},
		})
		if !e.Intact() {
			w.gap(e.ID, "event_differs", "事件内容与其哈希不一致", "the event's body has another hash")
		}
	}
	if len(entries) == 0 {
		w.gap(id, "no_event", "没有对应的事件记录", "the ledger holds no event of this")
	}
	return nil
}

// equipment adds the chain from a certificate of a piece of equipment up to the standard outside the bureau.
func (w *walker) equipment(certificateID string, usedOn string) error {
	chain, err := instruments.Chain(w.ctx, w.q, w.actor.Division, certificateID)
	for i, u := range chain {
		up := "reference:" + u.Certificate.ReferenceNumber
		if i+1 < len(chain) {
			up = chain[i+1].Certificate.ID
			w.lapsed(u.Certificate, chain[i+1].Certificate)
		}
		w.add(Node{
			ID: u.Certificate.ID, Kind: "equipment_certificate", Number: u.Certificate.Number,
			ZH: fmt.Sprintf("%s %s（%s）：%s出具，%s 至 %s", u.Equipment.Number, u.Equipment.Name, u.Equipment.Serial,
				u.Certificate.Issuer, u.Certificate.ValidFrom, u.Certificate.ValidUntil),
			EN: fmt.Sprintf("%s %s (%s): by %s, %s to %s", u.Equipment.Number, u.Equipment.Name, u.Equipment.Serial,
				u.Certificate.Issuer, u.Certificate.ValidFrom, u.Certificate.ValidUntil),
			Rests: []string{up},
		})
		if i+1 == len(chain) && u.Certificate.ReferenceEquipmentID == "" {
			w.add(Node{
				ID: up, Kind: "reference", Number: u.Certificate.ReferenceNumber, ZH: "上级标准：" + u.Certificate.ReferenceName,
				EN: "Reference standard: " + u.Certificate.ReferenceName,
			})
		}
	}
	if err != nil && len(chain) > 0 {
		last := chain[len(chain)-1].Certificate
		w.gap(last.ID, "chain_broken",
			fmt.Sprintf("证书%s所依据的上级证书%s未登记，溯源中断（使用日期%s）", last.Number, last.ReferenceNumber, usedOn),
			fmt.Sprintf("certificate %s rests on %s, which is not on record: the chain is broken", last.Number, last.ReferenceNumber))
		return nil
	}
	return err
}

// lapsed names the gap where a certificate was made by a reference whose own certificate did not cover that day.
func (w *walker) lapsed(c, reference instruments.EquipmentCertificate) {
	if c.ValidFrom.Before(reference.ValidFrom) || c.ValidFrom.After(reference.ValidUntil) {
		w.gap(c.ID, "reference_out_of_validity",
			fmt.Sprintf("证书%s（%s）出具时，上级标准证书%s不在有效期内", c.Number, c.ValidFrom, reference.Number),
			fmt.Sprintf("when certificate %s was made (%s), that of its reference, %s, was not valid", c.Number, c.ValidFrom,
				reference.Number))
	}
}
