package lims

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hengjian/internal/calendar"
	"hengjian/internal/database"
	"hengjian/internal/errs"
	"hengjian/internal/ledger"
)

// agrees tells all in which the form does not agree with what the bureau knows: people, business, files, seals,
// methods. It returns the registered business that was sampled, if any.
func (s *Service) agrees(ctx context.Context, tx *database.Tx, actor ledger.Actor, f SamplingForm,
) (businessID string, err error) {
	var l errs.List
	known, err := selectKnown(ctx, tx, actor.Division, f)
	if err != nil {
		return "", err
	}
	known.compare(&l, f)
	if err := filesAgree(ctx, tx, &l, actor, f); err != nil {
		return "", err
	}
	checked := map[string]bool{}
	for i, a := range f.Analyses {
		if checked[a.Method] {
			continue
		}
		checked[a.Method] = true
		_, err := s.standards.MethodInForce(ctx, tx, actor.Division, a.Method, calendar.MustDate(f.SampledOn))
		if err != nil && !isRefusal(err) {
			return "", err
		}
		l.Merge(fmt.Sprintf("analyses[%d].method", i), err)
	}
	return known.BusinessID, l.Err()
}

// isRefusal tells a reason that a person can act on from a failure of ours.
func isRefusal(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.NotFound, errs.Blocked, errs.Conflict:
		return err != nil
	}
	return false
}

// compare adds what does not fit: the samplers, the business, the seals.
func (k knownOfForm) compare(l *errs.List, f SamplingForm) {
	for i, id := range []string{f.Sampler1, f.Sampler2} {
		if !slices.Contains(k.Samplers, id) {
			l.Add(fmt.Sprintf("sampler_%d", i+1), "not_a_sampler", "该人员不是本辖区在岗的抽样人员", "this person is not a sampler of the division")
		}
	}
	switch {
	case f.BusinessID != "" && k.BusinessID == "":
		l.Add("business_id", "business_unknown", "没有此企业", "there is no such business")
	case f.BusinessID != "" && k.CreditCode != f.SampledUnit.CreditCode:
		l.Add("sampled_unit.credit_code", "business_differs", "统一社会信用代码与所选企业不一致",
			"the credit code is not that of the business")
	}
	for i, p := range f.Portions {
		for j, s := range p.Seals {
			if slices.Contains(k.SealsTaken, s.Number) {
				l.Add(fmt.Sprintf("portions[%d].seals[%d].number", i, j), "seal_taken", "封条"+s.Number+"已被使用",
					"seal "+s.Number+" is in use already")
			}
		}
	}
}

func filesAgree(ctx context.Context, tx *database.Tx, l *errs.List, actor ledger.Actor, f SamplingForm) error {
	paths := map[string]string{}
	for i, p := range f.Photos {
		paths[fmt.Sprintf("photos[%d].file_hash", i)] = p.FileHash
	}
	for i, p := range f.Portions {
		for j, s := range p.Seals {
			if s.PhotoHash != "" {
				paths[fmt.Sprintf("portions[%d].seals[%d].photo_hash", i, j)] = s.PhotoHash
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	var hashes []string
	for _, path := range sortedKeys(paths) {
		hashes = append(hashes, paths[path])
	}
	known, err := filesKnown(ctx, tx, actor.Division, hashes)
	if err != nil {
		return err
	}
	for _, path := range sortedKeys(paths) {
		switch media, there := known[paths[path]]; {
		case !there:
			l.Add(path, "file_missing", "照片尚未上传", "the photo has not been uploaded")
		case !strings.HasPrefix(media, "image/"):
			l.Add(path, "no_picture", "上传的文件不是图片", "what was uploaded is no picture")
		}
	}
	return nil
}
