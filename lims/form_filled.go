package lims

// FilledGroup is a block of a sampling form with what was filled in.
type FilledGroup struct {
	ZH, EN string
	Fields []FilledField
}

// FilledField is a field that applies to the sample; Value is what a person reads, empty where nothing was filled in.
type FilledField struct {
	Path, ZH, EN string
	Value        string
}

// Filled returns what the form is called and its fields in the order of the official form, with choices in words. Fields
// that the other values rule out are left out; a value of a field that the category does not have cannot be there.
func (f SamplingForm) Filled() (Name, []FilledGroup, error) {
	catalogue, err := FormFields(f.Category)
	if err != nil {
		return Name{}, nil, err
	}
	values := f.values()
	var groups []FilledGroup
	for _, g := range catalogue.Groups {
		filled := FilledGroup{ZH: g.ZH, EN: g.EN}
		for _, field := range g.Fields {
			if values[field.Path] == "" && !field.OnlyWhen.holds(values) {
				continue
			}
			filled.Fields = append(filled.Fields, FilledField{field.Path, field.ZH, field.EN, field.said(values[field.Path])})
		}
		if len(filled.Fields) > 0 {
			groups = append(groups, filled)
		}
	}
	return Name{string(f.Category), catalogue.ZH, catalogue.EN}, groups, nil
}

// said is a value as the printed form has it.
func (f Field) said(value string) string {
	switch f.Kind {
	case BoolField:
		return map[string]string{"true": "是", "false": "否"}[value]
	case ChoiceField:
		for _, c := range f.Choices {
			if c.Key == value {
				return c.ZH
			}
		}
	}
	return value
}
