package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names a type in the OpenAPI document: our own types carry their package, so that lims.Result and another
// package's Result stay apart.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	room, ours := strings.CutPrefix(t.PkgPath(), "hengjian/")
	if !ours || t.Name() == "" || room == "api" {
		return name
	}
	base := path.Base(room)
	return strings.ToUpper(base[:1]) + base[1:] + name
}
