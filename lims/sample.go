package lims

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hengjian/internal/calendar"
	"hengjian/internal/errs"
	"hengjian/internal/measure"
)

// Category is the kind of product, which decides form, deadline and rules.
type Category string

// The categories that the bureau samples.
const (
	Food   Category = "food"   // 食品
	Drug   Category = "drug"   // 药品
	Device Category = "device" // 医疗器械
	Fuel   Category = "fuel"   // 车用燃料
	Coal   Category = "coal"   // 煤炭
)

// Categories lists all categories in the order in which they are shown.
func Categories() []Category { return []Category{Food, Drug, Device, Fuel, Coal} }

// Sample is one batch 批次 as registered. Where it is in the process (State), who holds it and what is left of it are
// three separate facts: custody and portions tell the other two.
type Sample struct {
	ID             string          `json:"id" db:"id"`
	Division       string          `json:"division" db:"division"`
	Number         string          `json:"number" db:"number"`
	Category       Category        `json:"category" db:"category"`
	TaskKind       string          `json:"task_kind" db:"task_kind"`
	FormNumber     string          `json:"form_number" db:"form_number"`
	ProductName    string          `json:"product_name" db:"product_name"`
	ProductClass   string          `json:"product_class" db:"product_class"`
	Grade          string          `json:"grade" db:"grade"`
	Link           string          `json:"link" db:"link"`
	Street         string          `json:"street" db:"street"`
	BusinessID     string          `json:"business_id,omitempty" db:"business_id"`
	SampledUnit    string          `json:"sampled_unit" db:"sampled_unit"`
	Quantity       measure.Decimal `json:"quantity" db:"quantity"`
	Unit           string          `json:"unit" db:"unit"`
	SampledOn      calendar.Date   `json:"sampled_on" db:"sampled_on"`
	ProducedOn     *calendar.Date  `json:"produced_on,omitempty" db:"produced_on"`
	Sampler1       string          `json:"sampler_1" db:"sampler_1"`
	Sampler2       string          `json:"sampler_2" db:"sampler_2"`
	FormHash       string          `json:"form_hash" db:"form_hash" doc:"SHA-256 of the signed form, hexadecimal"`
	State          State           `json:"state" db:"state" enum:"collected,in_transit,received,refused"`
	ReceivedAt     *time.Time      `json:"received_at,omitempty" db:"received_at"`
	Refusal        string          `json:"refusal,omitempty" db:"refusal"`
	DueOn          *calendar.Date  `json:"due_on,omitempty" db:"due_on"`
	DueProvisional bool            `json:"due_provisional" db:"due_provisional"`
	DueBasis       string          `json:"due_basis,omitempty" db:"due_basis"`
	RegisteredBy   string          `json:"registered_by" db:"registered_by"`
	RegisteredAt   time.Time       `json:"registered_at" db:"registered_at"`
	Version        int             `json:"version" db:"version"`

	form string // the signed form, canonical JSON
}

// PortionRole says what a portion is for.
type PortionRole string

// The roles of portions.
const (
	TestPortion    PortionRole = "test"    // 检验样品
	ReservePortion PortionRole = "reserve" // 复检备份样品
)

// Portion is what is physically there of a sample.
type Portion struct {
	ID        string          `json:"id" db:"id"`
	SampleID  string          `json:"-" db:"sample_id"`
	ParentID  string          `json:"parent_id,omitempty" db:"parent_id"`
	Label     string          `json:"label" db:"label"`
	Role      PortionRole     `json:"role" db:"role" enum:"test,reserve"`
	Quantity  measure.Decimal `json:"quantity" db:"quantity"`
	Unit      string          `json:"unit" db:"unit"`
	Container string          `json:"container" db:"container"`
}

// Seal is a numbered 封条 on a portion: applied by whom, and broken by whom and why.
type Seal struct {
	ID        string     `json:"id" db:"id"`
	Number    string     `json:"number" db:"number"`
	PortionID string     `json:"portion_id" db:"portion_id"`
	AppliedBy string     `json:"applied_by" db:"applied_by"`
	AppliedAt time.Time  `json:"applied_at" db:"applied_at"`
	PhotoHash string     `json:"photo_hash,omitempty" db:"photo_hash"`
	BrokenBy  string     `json:"broken_by,omitempty" db:"broken_by"`
	BrokenAt  *time.Time `json:"broken_at,omitempty" db:"broken_at"`
	BrokenWhy string     `json:"broken_why,omitempty" db:"broken_why"`
}

// Analysis is one item by one method.
type Analysis struct {
	ID       string `json:"id" db:"id"`
	SampleID string `json:"-" db:"sample_id"`
	Sequence int    `json:"sequence" db:"sequence"`
	Item     string `json:"item" db:"item"`
	Method   string `json:"method" db:"method"`
}

// Photo is a picture of the sampling, stored by its hash.
type Photo struct {
	FileHash string    `json:"file_hash" db:"file_hash"`
	Caption  string    `json:"caption" db:"caption"`
	AddedBy  string    `json:"added_by" db:"added_by"`
	AddedAt  time.Time `json:"added_at" db:"added_at"`
}

// Ref names a sample and the version that the caller has seen; a step on another version is refused (errs.Version).
// Version 0 stands for whatever is there now.
type Ref struct {
	Number  string `json:"-"`
	Version int    `json:"-"`
}

// sampleNumber is the number that people read: YP (样品) with the year, division, serial, such as YP26-370113-00001. One
// series serves all categories of a division and year, so that the order of numbers is the order of registration.
func sampleNumber(division string, year, serial int) string {
	return fmt.Sprintf("YP%02d-%s-%05d", year%100, division, serial)
}

// portionLabel is the number on a portion: that of the sample and its place in the form.
func portionLabel(sample string, i int) string { return fmt.Sprintf("%s-%d", sample, i+1) }

// at checks that the sample is in the version that the caller has seen.
func (s Sample) at(version int) error {
	if version != 0 && version != s.Version {
		return errVersion
	}
	return nil
}

var errVersion = errs.New(errs.Version, "changed", "数据已被他人修改，请刷新后重试",
	"it was changed since you read it; reload and try again")

var errSampleMissing = errs.New(errs.NotFound, "sample_missing", "样品不存在", "there is no such sample")

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// short cuts what somebody sent to a length that a message can carry.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
