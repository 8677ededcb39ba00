package database

import (
	"context"
	"errors"
	"fmt"

	"hengjian/internal/errs"

	"github.com/lib/pq"
)

// stateInsufficientPrivilege is the SQLSTATE of a refused GRANT or CREATE.
const stateInsufficientPrivilege = "42501"

// ensureAppRole makes sure that AppRole exists and that the signed-in user may take it, so that the same URL can
// serve the application with Options.Role. It does nothing where both hold.
func ensureAppRole(ctx context.Context, db *DB) error {
	if err := createRole(ctx, db, AppRole, "NOLOGIN"); err != nil {
		return roleRefusal(err)
	}
	var member bool
	if err := db.Get(ctx, &member, `
		SELECT pg_has_role(current_user, $1, 'MEMBER')`, AppRole); err != nil {
		return err
	}
	if member {
		return nil
	}
	_, err := db.Exec(ctx, "GRANT "+AppRole+" TO CURRENT_USER")
	return roleRefusal(err)
}

// createRole creates a role unless it exists. The names are constants of this package, never values.
func createRole(ctx context.Context, db *DB, name, attributes string) error {
	var exists bool
	if err := db.Get(ctx, &exists, `
		SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name); err != nil || exists {
		return err
	}
	_, err := db.Exec(ctx, fmt.Sprintf("CREATE ROLE %s %s", pq.QuoteIdentifier(name), attributes))
	if state := SQLState(err); state == stateDuplicateObject || state == stateUnique {
		return nil // another process was faster
	}
	return err
}

func roleRefusal(err error) error {
	if SQLState(err) != stateInsufficientPrivilege {
		return err
	}
	return errs.New(errs.Forbidden, "database_role",
		"数据库用户无权创建角色：请由管理员执行 CREATE ROLE hengjian_app NOLOGIN; GRANT hengjian_app TO 该用户",
		"the database user may not create roles: let an administrator run "+
			"CREATE ROLE hengjian_app NOLOGIN; GRANT hengjian_app TO that user").With(err)
}

// createDatabase gives a new private server the two roles and the database. The database comes last: where it
// exists, all is there.
func createDatabase(ctx context.Context, db *DB, name string) error {
	var exists bool
	if err := db.Get(ctx, &exists, `
		SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name); err != nil || exists {
		return err
	}
	for _, role := range []string{OwnerRole, AppRole} {
		if err := createRole(ctx, db, role, "LOGIN"); err != nil {
			return fmt.Errorf("role %s: %w", role, err)
		}
	}
	if _, err := db.Exec(ctx, "GRANT "+AppRole+" TO "+OwnerRole); err != nil {
		return err
	}
	_, err := db.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s", pq.QuoteIdentifier(name), OwnerRole))
	if err != nil {
		return errors.Join(fmt.Errorf("database %s", name), err)
	}
	return nil
}
