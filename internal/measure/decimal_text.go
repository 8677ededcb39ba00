package measure

import (
	"database/sql/driver"
	"fmt"
	"strconv"

	"hengjian/internal/errs"
)

// MarshalText writes a as String does; JSON shows it as a string, so that no reader makes a float of it. It fails
// beyond 1,000 digits: nothing is stored that could not be read back.
func (a Decimal) MarshalText() ([]byte, error) {
	s := a.String()
	if len(s) > storedDigits {
		return nil, tooLong(s, storedDigits)
	}
	return []byte(s), nil
}

// UnmarshalText reads what MarshalText writes and what ParseDecimal reads. A JSON number is refused by encoding/json.
func (a *Decimal) UnmarshalText(text []byte) error {
	d, err := parse(string(text), storedDigits)
	if err != nil {
		return err
	}
	*a = d
	return nil
}

// Value implements driver.Valuer: text, which PostgreSQL takes as numeric.
func (a Decimal) Value() (driver.Value, error) {
	text, err := a.MarshalText()
	if err != nil {
		return nil, err
	}
	return string(text), nil
}

// Scan implements sql.Scanner for numeric, text and integer columns. It refuses NULL (scan into a *Decimal field for
// that) and floats, which are not exact.
func (a *Decimal) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return a.UnmarshalText(v)
	case string:
		return a.UnmarshalText([]byte(v))
	case int64:
		return a.UnmarshalText(strconv.AppendInt(nil, v, 10))
	}
	return errs.New(errs.Internal, "not_a_decimal", "数据库中的值不是十进制数",
		fmt.Sprintf("a decimal cannot be read from a %T column", src))
}
