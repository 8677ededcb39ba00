//go:build !linux && !darwin

package database

// alive cannot look without disturbing the connection here; a dead one is noticed by its first statement.
func (s *socket) alive() bool { return true }
