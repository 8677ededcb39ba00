package api

import (
	"context"

	"hengjian/certificates"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
)

type approvalsInput struct {
	Body struct {
		SignedBody
		certificates.Approvals
	}
}

func (s *server) startApprovals(ctx context.Context, actor ledger.Actor, in *approvalsInput) (*answer[jobs.Job], error) {
	newID(ctx, &in.Body.ID)
	proof, err := s.Users.Reauthenticate(ctx, actor, in.Body.Password)
	if err != nil {
		return nil, err
	}
	id, err := s.Certificates.EnqueueApprovals(ctx, actor, proof, in.Body.Approvals)
	if err != nil {
		return nil, err
	}
	return s.enqueued(ctx, actor, id)
}
