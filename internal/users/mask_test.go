package users

import "testing"

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		mask func(string) string
		in   string
		want string
	}{
		{"MaskPhone", MaskPhone, "13800002121", "138****2121"},
		{"MaskPhone", MaskPhone, "0531-87221234", "053****1234"},
		{"MaskPhone", MaskPhone, "87221234", "****1234"},
		{"MaskPhone", MaskPhone, "8722123", "****"},
		{"MaskPhone", MaskPhone, "110", "****"},
		{"MaskPhone", MaskPhone, "", ""},
		{"MaskPhone", MaskPhone, "１３８００００２１２１", "１３８****２１２１"},
		{"MaskName", MaskName, "张三", "张*"},
		{"MaskName", MaskName, "欧阳小明", "欧*"},
		{"MaskName", MaskName, "张", "*"},
		{"MaskName", MaskName, "", ""},
		{"MaskID", MaskID, "370113199001011234", "370113********1234"},
		{"MaskID", MaskID, "370113900101123", "370113*****1123"},
		{"MaskID", MaskID, "E12345678", "****"},
		{"MaskID", MaskID, "", ""},
	} {
		if got := c.mask(c.in); got != c.want {
			t.Errorf("%s(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}
