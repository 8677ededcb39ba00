package standards

import (
	"regexp"
	"slices"
	"strings"
)

// Basis is what a value is related to. A result on one basis is never compared with a limit on another: the conversion
// needs figures (moisture, strength) that neither of them holds.
type Basis string

// The bases met in GB 2762-2025, GB 2757-2012, GB 2760-2024 and the bulletins; as received and the like belong to coal
// (GB/T 483), where they are also part of the item's name.
const (
	DryWeight     Basis = "dry_weight"     // 干重计, 干基, 干样品
	SolidProduct  Basis = "solid_product"  // 以固态产品计
	BrownRice     Basis = "brown_rice"     // 以糙米计
	PureAlcohol   Basis = "pure_alcohol"   // 以100%酒精度计
	FatBasis      Basis = "fat"            // 以脂肪计
	SodiumNitrite Basis = "sodium_nitrite" // 以NaNO2计
	NitriteIon    Basis = "nitrite_ion"    // 以NO2-计
	SodiumNitrate Basis = "sodium_nitrate" // 以NaNO3计
	NitrateIon    Basis = "nitrate_ion"    // 以NO3-计
	AsReceived    Basis = "ar"
	AirDried      Basis = "ad"
	Dry           Basis = "d"
	DryAshFree    Basis = "daf"
)

// basisWords finds a basis in an item's name, in a bracket or in a note.
var basisWords = []struct {
	basis Basis
	words *regexp.Regexp
}{
	{DryWeight, regexp.MustCompile(`干重|干基计|^干基$|干样品|干物质`)},
	{SolidProduct, regexp.MustCompile(`以固态产品计|按固态产品计`)},
	{BrownRice, regexp.MustCompile(`糙米计`)},
	{PureAlcohol, regexp.MustCompile(`100% ?(?:vol)?酒精度`)},
	{FatBasis, regexp.MustCompile(`以脂肪计`)},
	{SodiumNitrite, regexp.MustCompile(`NaNO2|以亚硝酸钠计`)},
	{NitriteIon, regexp.MustCompile(`NO2[-⁻]|NO₂[-⁻]|以亚硝酸根计`)},
	{SodiumNitrate, regexp.MustCompile(`NaNO3|以硝酸钠计`)},
	{NitrateIon, regexp.MustCompile(`NO3[-⁻]|以硝酸根计`)},
}

// bases names every basis for people, in Chinese and in English.
var bases = map[Basis][2]string{
	DryWeight:     {"以干重计", "on dry weight"},
	SolidProduct:  {"以固态产品计", "as solid product"},
	BrownRice:     {"以糙米计", "as brown rice"},
	PureAlcohol:   {"以100%酒精度计", "at 100 % alcohol"},
	FatBasis:      {"以脂肪计", "on fat"},
	SodiumNitrite: {"以NaNO2计", "as NaNO2"},
	NitriteIon:    {"以NO2-计", "as NO2-"},
	SodiumNitrate: {"以NaNO3计", "as NaNO3"},
	NitrateIon:    {"以NO3-计", "as NO3-"},
	AsReceived:    {"收到基", "as received"},
	AirDried:      {"空气干燥基", "air-dried"},
	Dry:           {"干燥基", "dry"},
	DryAshFree:    {"干燥无灰基", "dry ash-free"},
}

// Valid says whether b is a known basis.
func (b Basis) Valid() bool { _, ok := bases[b]; return ok }

// basesOf finds the bases that a text states, or that it is itself the name of.
func basesOf(text string) []Basis {
	s := fold(text)
	if b := Basis(s); b.Valid() {
		return []Basis{b}
	}
	var found []Basis
	for _, w := range basisWords {
		if w.words.MatchString(s) {
			found = append(found, w.basis)
		}
	}
	return found
}

// sameBases compares two sets of bases.
func sameBases(a, b []Basis) bool {
	return containsAll(a, b) && containsAll(b, a)
}

// containsAll says whether every basis of some is in all.
func containsAll(all, some []Basis) bool {
	return !slices.ContainsFunc(some, func(b Basis) bool { return !slices.Contains(all, b) })
}

// basisNames writes bases for people.
func basisNames(list []Basis) (zh, en string) {
	if len(list) == 0 {
		return "未说明", "not stated"
	}
	chinese, english := make([]string, len(list)), make([]string, len(list))
	for i, b := range list {
		chinese[i], english[i] = bases[b][0], bases[b][1]
	}
	return strings.Join(chinese, "、"), strings.Join(english, ", ")
}

var expressionSuffix = regexp.MustCompile(`\([^()]*计\)$`)

// itemKey is an item's name without the bracket that says as which substance or on which basis it is expressed: 铅（以Pb计）
// is 铅. A bracket that is not understood stays, and makes it another item.
func itemKey(name string) string {
	s := strings.ReplaceAll(fold(name), " ", "")
	if at := expressionSuffix.FindStringIndex(s); at != nil {
		inner := s[at[0]+1 : at[1]-1]
		if expressed.MatchString(inner) || len(basesOf(inner)) > 0 {
			s = s[:at[0]]
		}
	}
	return strings.ToLower(s)
}
