package api

import (
	"context"

	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
)

func (s *server) jobList(ctx context.Context, actor ledger.Actor, _ *struct{}) (*answer[[]jobs.Job], error) {
	list, err := jobs.Recent(ctx, s.DB, actor, 50)
	return &answer[[]jobs.Job]{list}, err
}

func (s *server) job(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[jobs.Job], error) {
	j, err := jobs.Find(ctx, s.DB, actor, in.ID)
	return &answer[jobs.Job]{j}, err
}

func (s *server) cancelJob(ctx context.Context, actor ledger.Actor, in *Identified) (*answer[jobs.Job], error) {
	j, err := jobs.Cancel(ctx, s.DB, actor, s.Now(), in.ID)
	return &answer[jobs.Job]{j}, err
}
