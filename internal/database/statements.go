package database

import (
	"container/list"
	"context"
	"database/sql/driver"
)

// statementLimit bounds the prepared statements of one connection; the program has fewer SQL texts than this.
const statementLimit = 512

// statements holds the prepared statements of one connection by their SQL text, least recently used first to go.
type statements struct {
	limit  int
	byText map[string]*list.Element
	order  *list.List // of statement, most recently used in front
}

type statement struct {
	text string
	stmt driver.Stmt
}

func newStatements(limit int) *statements {
	return &statements{limit: limit, byText: make(map[string]*list.Element), order: list.New()}
}

func (s *statements) prepare(ctx context.Context, c driver.ConnPrepareContext, text string) (driver.Stmt, error) {
	if e, ok := s.byText[text]; ok {
		s.order.MoveToFront(e)
		return e.Value.(statement).stmt, nil
	}
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.byText[text] = s.order.PushFront(statement{text, stmt})
	if s.order.Len() > s.limit {
		s.forget(s.order.Back().Value.(statement).text)
	}
	return stmt, nil
}

// forget closes a statement. Closing fails only with the connection, which its next use notices.
func (s *statements) forget(text string) {
	if e, ok := s.byText[text]; ok {
		delete(s.byText, text)
		_ = s.order.Remove(e).(statement).stmt.Close()
	}
}
