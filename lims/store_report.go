package lims

import (
	"context"
	"encoding/json"
	"fmt"

	"hengjian/internal/database"
	"hengjian/internal/ledger"
)

// person is what this package needs to know of a colleague.
type person struct {
	ID       string
	Name     string
	Disabled bool
	Roles    []ledger.Role
}

// selectPeople finds people of a division, with the roles that they hold now.
func selectPeople(ctx context.Context, q database.Queryer, division string, ids []string) (map[string]person, error) {
	var rows []struct {
		ID       string `db:"id"`
		Name     string `db:"name"`
		Disabled bool   `db:"disabled"`
		Role     string `db:"role"`
	}
	err := q.Select(ctx, &rows, `
		SELECT p.id, p.name, p.disabled_at IS NOT NULL AS disabled, coalesce(r.role, '') AS role
		FROM person p
		LEFT JOIN person_role r ON r.person_id = p.id
		WHERE p.division = $1 AND p.id = ANY ($2::uuid[])`, division, database.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	people := map[string]person{}
	for _, r := range rows {
		p := people[r.ID]
		p.ID, p.Name, p.Disabled = r.ID, r.Name, r.Disabled
		if r.Role != "" {
			p.Roles = append(p.Roles, ledger.Role(r.Role))
		}
		people[r.ID] = p
	}
	return people, nil
}

// namesOf returns what people are called, whatever their division and whether or not they still work here.
func namesOf(ctx context.Context, q database.Queryer, ids []string) (map[string]string, error) {
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	err := q.Select(ctx, &rows, `
		SELECT id, name
		FROM person
		WHERE id = ANY ($1::uuid[])`, database.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	names := map[string]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

// selectHandovers reads the handovers of a sample, oldest first, with their portions and what was seen of the seals.
func selectHandovers(ctx context.Context, q database.Queryer, sampleID string) ([]Handover, error) {
	handovers := []Handover{}
	err := q.Select(ctx, &handovers, `
		SELECT h.id, h.sample_id, h.purpose, h.giver, g.name AS giver_name, h.receiver, r.name AS receiver_name,
			h.state, h.offered_at, h.decided_at, h.place, h.refusal, h.giver_signature,
			coalesce(h.receiver_signature::text, '') AS receiver_signature
		FROM handover h
		JOIN person g ON g.id = h.giver
		JOIN person r ON r.id = h.receiver
		WHERE h.sample_id = $1
		ORDER BY h.offered_at, h.id`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("handovers: %w", err)
	}
	at := map[string]*Handover{}
	for i := range handovers {
		h := &handovers[i]
		h.Portions, h.Checks, at[h.ID] = []string{}, []SealCheck{}, h
	}
	if err := addPortions(ctx, q, sampleID, at); err != nil {
		return nil, err
	}
	return handovers, addChecks(ctx, q, sampleID, at)
}

// addPortions reads which portions the handovers pass.
func addPortions(ctx context.Context, q database.Queryer, sampleID string, at map[string]*Handover) error {
	var portions []struct {
		HandoverID string `db:"handover_id"`
		PortionID  string `db:"portion_id"`
	}
	err := q.Select(ctx, &portions, `
		SELECT hp.handover_id, hp.portion_id
		FROM handover_portion hp
		JOIN handover h ON h.id = hp.handover_id
		JOIN portion p ON p.id = hp.portion_id
		WHERE h.sample_id = $1
		ORDER BY length(p.label), p.label`, sampleID)
	if err != nil {
		return fmt.Errorf("portions of handovers: %w", err)
	}
	for _, p := range portions {
		if h := at[p.HandoverID]; h != nil { // not one that was offered since the handovers were read
			h.Portions = append(h.Portions, p.PortionID)
		}
	}
	return nil
}

// addChecks reads what the receivers saw of the seals.
func addChecks(ctx context.Context, q database.Queryer, sampleID string, at map[string]*Handover) error {
	var checks []SealCheck
	err := q.Select(ctx, &checks, `
		SELECT c.handover_id, c.seal_id, l.number, c.read_number, c.finding, c.checked_by, c.checked_at
		FROM seal_check c
		JOIN handover h ON h.id = c.handover_id
		JOIN seal l ON l.id = c.seal_id
		WHERE h.sample_id = $1
		ORDER BY c.checked_at, l.number`, sampleID)
	if err != nil {
		return fmt.Errorf("seal checks: %w", err)
	}
	for _, c := range checks {
		if h := at[c.HandoverID]; h != nil {
			h.Checks = append(h.Checks, c)
		}
	}
	return nil
}

// reportColumns are the columns of report r that make a Report, with the names of people c, v, t and a.
const reportColumns = `r.id, r.sample_id, r.revision, r.reason, r.state, r.conclusion, r.summary,
	encode(r.summary_hash, 'hex') AS summary_hash, r.compiled_by, c.name AS compiler, r.compiled_at,
	coalesce(r.reviewed_by::text, '') AS reviewed_by, coalesce(v.name, '') AS reviewer, r.reviewed_at,
	coalesce(r.returned_by::text, '') AS returned_by, coalesce(t.name, '') AS returner, r.returned_at, r.return_reason,
	coalesce(r.approved_by::text, '') AS approved_by, coalesce(a.name, '') AS approver, r.approved_at, r.version`

// selectReports reads all revisions of a sample's report, oldest first.
func selectReports(ctx context.Context, q database.Queryer, sampleID string) ([]Report, error) {
	var rows []struct {
		Report
		Summary string `db:"summary"`
	}
	err := q.Select(ctx, &rows, `
		SELECT `+reportColumns+`
		FROM report r
		JOIN person c ON c.id = r.compiled_by
		LEFT JOIN person v ON v.id = r.reviewed_by
		LEFT JOIN person t ON t.id = r.returned_by
		LEFT JOIN person a ON a.id = r.approved_by
		WHERE r.sample_id = $1
		ORDER BY r.revision`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	reports := make([]Report, len(rows))
	for i, r := range rows {
		reports[i] = r.Report
		reports[i].Summary = json.RawMessage(r.Summary)
	}
	return reports, nil
}

// latestReport returns the last revision of a sample's report, if there is any.
func latestReport(ctx context.Context, q database.Queryer, sampleID string) (Report, bool, error) {
	all, err := selectReports(ctx, q, sampleID)
	if err != nil || len(all) == 0 {
		return Report{}, false, err
	}
	return all[len(all)-1], true, nil
}

func selectLaboratory(ctx context.Context, q database.Queryer, division string) (Laboratory, error) {
	var l Laboratory
	err := q.Get(ctx, &l, `
		SELECT code, laboratory, bureau, address, phone, cma_number, cnas_number
		FROM division
		WHERE code = $1`, division)
	if err != nil {
		return l, fmt.Errorf("division %s: %w", division, err)
	}
	return l, nil
}

// usedEquipment is what a result was measured with, as the report names it.
type usedEquipment struct {
	Number      string `db:"number"`
	Name        string `db:"name"`
	Certificate string `db:"certificate"`
}

func equipmentOf(ctx context.Context, q database.Queryer, r Result) (usedEquipment, error) {
	var e usedEquipment
	err := q.Get(ctx, &e, `
		SELECT e.number, e.name, c.number AS certificate
		FROM equipment_certificate c
		JOIN equipment e ON e.id = c.equipment_id
		WHERE c.id = $1`, r.CertificateID)
	if err != nil {
		return e, fmt.Errorf("equipment of result %s: %w", r.ID, err)
	}
	return e, nil
}

// selectSignatures reads the signatures on the handovers of a sample, by their id.
func selectSignatures(ctx context.Context, q database.Queryer, sampleID string) (map[string]signed, error) {
	var rows []signed
	err := q.Select(ctx, &rows, `
		SELECT g.id, g.person_id, encode(g.content_hash, 'hex') AS content_hash, g.signed_at
		FROM signature g
		JOIN handover h ON g.id IN (h.giver_signature, h.receiver_signature)
		WHERE h.sample_id = $1`, sampleID)
	if err != nil {
		return nil, fmt.Errorf("signatures: %w", err)
	}
	out := map[string]signed{}
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}
