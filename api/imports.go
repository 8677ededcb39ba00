package api

import (
	"context"

	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/lims"
	"hengjian/lims/instrumentfile"
)

// importRequest names an uploaded instrument file and how to take it in.
type importRequest struct {
	ID          string            `json:"id,omitempty"`
	FileHash    string            `json:"file_hash" doc:"of the uploaded file"`
	Profile     string            `json:"profile,omitempty" doc:"found from the file when left out"`
	EquipmentID string            `json:"equipment_id"`
	MeasuredOn  string            `json:"measured_on" doc:"of rows that name no day"`
	Samples     map[string]string `json:"samples,omitempty" doc:"what the file calls samples → sample numbers"`
	Items       map[string]string `json:"items,omitempty" doc:"what the file calls items → items"`
	Units       map[string]string `json:"units,omitempty" doc:"what the file writes as unit (nothing, where it names none) → the unit"`
	IgnoreDates bool              `json:"ignore_dates,omitempty" doc:"take measured_on for every row, where the clock of the instrument was wrong"`
}

// ImportPreview is a file as its profile reads it, and what would become of each row.
type ImportPreview struct {
	Profile  string                 `json:"profile"`
	Encoding string                 `json:"encoding"`
	Faults   []instrumentfile.Fault `json:"faults"`
	Report   lims.ImportReport      `json:"report"`
}

// read reads the uploaded file by its profile into what the laboratory takes in.
func (r importRequest) read(ctx context.Context, services *Services, division string) (lims.Import, instrumentfile.File, error) {
	hash, err := files.ParseHash(r.FileHash)
	if err != nil {
		return lims.Import{}, instrumentfile.File{}, err
	}
	known, err := files.Find(ctx, services.DB, division, hash)
	if err != nil {
		return lims.Import{}, instrumentfile.File{}, err
	}
	content, err := services.Files.Read(ctx, hash)
	if err != nil {
		return lims.Import{}, instrumentfile.File{}, err
	}
	file, err := instrumentfile.Read(content, known.Name, r.Profile)
	if err != nil {
		return lims.Import{}, file, err
	}
	return lims.Import{
		FileHash: hash.String(), Profile: file.Profile, EquipmentID: r.EquipmentID, MeasuredOn: r.MeasuredOn,
		Samples: r.Samples, Items: r.Items, Units: r.Units, IgnoreDates: r.IgnoreDates, Rows: lims.ImportRows(file),
	}, file, nil
}

func (s *server) importProfiles(context.Context, ledger.Actor, *struct{}) (*answer[[]instrumentfile.Profile], error) {
	return &answer[[]instrumentfile.Profile]{instrumentfile.Profiles()}, nil
}

func (s *server) previewImport(ctx context.Context, actor ledger.Actor, in *struct{ Body importRequest }) (*answer[ImportPreview], error) {
	wanted, file, err := in.Body.read(ctx, &s.Services, actor.Division)
	if err != nil {
		return nil, err
	}
	wanted.DryRun = true
	report, err := s.LIMS.ImportResults(ctx, actor, wanted, nil)
	faults := file.Faults
	if faults == nil {
		faults = []instrumentfile.Fault{}
	}
	return &answer[ImportPreview]{ImportPreview{file.Profile, file.Encoding, faults, report}}, err
}

func (s *server) startImport(ctx context.Context, actor ledger.Actor, in *struct{ Body importRequest }) (*answer[jobs.Job], error) {
	newID(ctx, &in.Body.ID)
	wanted, _, err := in.Body.read(ctx, &s.Services, actor.Division)
	if err != nil {
		return nil, err
	}
	wanted.JobID = in.Body.ID
	id, err := s.LIMS.EnqueueImport(ctx, actor, wanted)
	if err != nil {
		return nil, err
	}
	return s.enqueued(ctx, actor, id)
}

func (s *server) importTable(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[lims.ImportReport], error) {
	report, err := s.LIMS.ImportTable(ctx, actor, in.ID)
	return &answer[lims.ImportReport]{report}, err
}
