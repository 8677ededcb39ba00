package database

// CreateRole is createRole, for the tests outside.
var CreateRole = createRole
