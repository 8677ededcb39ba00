package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"hengjian/internal/errs"

	"github.com/lib/pq"
)

// ConstraintKind says which sort of rule of the schema was violated.
type ConstraintKind string

// The sorts of rules. Restrict also stands for triggers that refuse a change (restrict_violation).
const (
	Unique     ConstraintKind = "unique"
	Exclusion  ConstraintKind = "exclusion"
	ForeignKey ConstraintKind = "foreign_key"
	Check      ConstraintKind = "check"
	NotNull    ConstraintKind = "not_null"
	Restrict   ConstraintKind = "restrict"
)

// ConstraintError is the cause inside the errs.Conflict that a violated rule of the schema becomes.
type ConstraintError struct {
	Kind   ConstraintKind
	Name   string // of the constraint or unique index; empty for NOT NULL and most triggers
	Table  string
	Column string
	cause  error
}

// Error implements error; for the log.
func (e *ConstraintError) Error() string { return e.cause.Error() }

// Unwrap returns the driver's error.
func (e *ConstraintError) Unwrap() error { return e.cause }

// Violates says whether err comes from the constraint or unique index of this name.
func Violates(err error, constraint string) bool {
	e, ok := errors.AsType[*ConstraintError](err)
	return ok && e.Name == constraint
}

// SQLState returns the five characters of PostgreSQL's error code, or "" when err is not from the server.
func SQLState(err error) string {
	if e := pq.As(err); e != nil {
		return string(e.Code)
	}
	return ""
}

// PostgreSQL's error codes (its appendix A) that mean something to us.
const (
	stateRestrict         = "23001"
	stateNotNull          = "23502"
	stateForeignKey       = "23503"
	stateUnique           = "23505"
	stateCheck            = "23514"
	stateExclusion        = "23P01"
	stateReadOnly         = "25006" // we are on a standby: the leader has changed
	stateSerialization    = "40001"
	stateDeadlock         = "40P01"
	stateLockTimeout      = "55P03"
	stateQueryCanceled    = "57014" // by us through a context, or by statement_timeout
	stateCannotConnectNow = "57P03" // starting up or shutting down
	stateDuplicateObject  = "42710"
	stateNotSupported     = "0A000"
	stateNoSuchStatement  = "26000"
)

var constraintKinds = map[string]ConstraintKind{
	stateUnique: Unique, stateExclusion: Exclusion, stateForeignKey: ForeignKey,
	stateCheck: Check, stateNotNull: NotNull, stateRestrict: Restrict,
}

// The refusals that this package makes; causes are added with With.
var (
	errDuplicate = errs.New(errs.Conflict, "duplicate",
		"已存在相同的记录", "the same record exists already")
	errReference = errs.New(errs.Conflict, "reference",
		"所引用的记录不存在，或该记录仍被引用", "the record referred to does not exist, or is still referred to")
	errRule = errs.New(errs.Conflict, "constraint",
		"操作违反数据规则，未保存", "this violates a rule of the data; nothing was stored")
	errUnavailable = errs.New(errs.Unavailable, "database_unavailable",
		"数据库暂时无法访问，请稍后重试", "the database does not answer; try again later")
	errTimeout = errs.New(errs.Unavailable, "database_timeout",
		"数据库处理超时，请稍后重试", "the database took too long; try again later")
	errBusy = errs.New(errs.Unavailable, "database_busy",
		"数据正被其他操作占用，请稍后重试", "the data is in use by another operation; try again later")
	errUnknown = errs.New(errs.OutcomeUnknown, "outcome_unknown",
		"连接中断，无法确定是否已保存；请用同一请求重试", "the connection broke: it is unknown whether this was stored; repeat the same request")
)

// errLost stands for driver.ErrBadConn as a cause: database/sql would run the statement again on seeing that one.
var errLost = errors.New("connection lost")

// translate gives an error of the driver its kind. What has no kind stays as it is and counts as internal.
func translate(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows), errs.KindOf(err) == errs.OutcomeUnknown:
		return err
	case ctx.Err() != nil && broken(err):
		return ctx.Err()
	case errs.KindOf(err) != errs.Internal:
		return err
	}
	if e := pq.As(err); e != nil {
		return refusal(e, err)
	}
	if lost(err) {
		return errUnavailable.With(err)
	}
	return err
}

// broken says whether err can be what became of a call whose context ended. database/sql rolls a transaction back
// then, and answers ErrTxDone to its commit.
func broken(err error) bool {
	return SQLState(err) == stateQueryCanceled || errs.KindOf(err) == errs.Unavailable || lost(err) ||
		errors.Is(err, sql.ErrTxDone)
}

func refusal(e *pq.Error, err error) error {
	state := string(e.Code)
	if kind, ok := constraintKinds[state]; ok {
		cause := &ConstraintError{Kind: kind, Name: e.Constraint, Table: e.Table, Column: e.Column, cause: err}
		switch kind {
		case Unique, Exclusion:
			return errDuplicate.With(cause)
		case ForeignKey:
			return errReference.With(cause)
		case Check, NotNull, Restrict:
			return errRule.With(cause)
		}
	}
	switch {
	case state == stateQueryCanceled:
		return errTimeout.With(err)
	case state == stateLockTimeout, state == stateSerialization, state == stateDeadlock:
		return errBusy.With(err)
	case state == stateReadOnly, strings.HasPrefix(state, "08"), strings.HasPrefix(state, "53"),
		strings.HasPrefix(state, "57P"):
		return errUnavailable.With(err)
	}
	return err
}

// again says whether the same transaction can succeed when it is run once more.
func again(err error) bool {
	e := pq.As(err)
	if e == nil {
		return false
	}
	return e.Code == stateSerialization || e.Code == stateDeadlock || stalePlan(e)
}

// stalePlan says whether a prepared statement has to be prepared anew: the schema changed under it, or the server
// forgot it. Messages are translated by the server, so its routine's name tells this 0A000 from others.
func stalePlan(e *pq.Error) bool {
	return e.Code == stateNotSupported && e.Routine == "RevalidateCachedQuery" || e.Code == stateNoSuchStatement
}

// lost says whether err means that the connection is gone or never came to be.
func lost(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	_, ok := errors.AsType[syscall.Errno](err)
	return ok
}
