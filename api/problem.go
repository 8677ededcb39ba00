package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"hengjian/internal/errs"
)

// Problem is an RFC 9457 problem with its reason in both languages and every fault of the input.
type Problem struct {
	Type   string       `json:"type" example:"about:blank"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Code   string       `json:"code" doc:"for programs, snake_case"`
	ZH     string       `json:"zh"`
	EN     string       `json:"en"`
	Errors []errs.Field `json:"errors" doc:"one for each fault of the input, or each blocker"`
}

// Error implements error.
func (p *Problem) Error() string { return p.EN }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var errNotSignedIn = errs.New(errs.Unauthenticated, "not_signed_in", "请先登录", "sign in first")

// statusOf is the one map from kinds of failure to HTTP.
func statusOf(kind errs.Kind) int {
	switch kind {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict, errs.Blocked:
		return http.StatusConflict
	case errs.Version:
		return http.StatusPreconditionFailed
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.Unavailable, errs.OutcomeUnknown:
		return http.StatusServiceUnavailable
	case errs.Internal:
	}
	return http.StatusInternalServerError
}

// problemOf turns an error into its answer. The text of an unknown error stays in the log.
func problemOf(err error) *Problem {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		e = errs.New(errs.Internal, "internal", "系统内部错误，已记录", "internal error; it has been logged")
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			e = errs.New(errs.Unavailable, "cancelled", "请求已取消或超时", "the request was cancelled or timed out")
		}
	}
	status := statusOf(e.Kind)
	fields := e.Fields
	if fields == nil {
		fields = []errs.Field{}
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: e.Code,
		ZH: e.ZH, EN: e.EN, Errors: fields}
}

// schemaProblem is what huma calls when an input does not fit its schema.
func schemaProblem(status int, msg string, faults ...error) huma.StatusError {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: "schema",
		ZH: "请求格式有误：" + translateFault(msg), EN: msg, Errors: []errs.Field{}}
	for _, f := range faults {
		var detail *huma.ErrorDetail
		if d, ok := f.(huma.ErrorDetailer); ok {
			detail = d.ErrorDetail()
		} else if f != nil {
			detail = &huma.ErrorDetail{Message: f.Error()}
		}
		if detail == nil {
			continue
		}
		path := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body."), "body")
		if m := missingProperty.FindStringSubmatch(detail.Message); m != nil {
			path = strings.TrimPrefix(path+"."+m[1], ".")
		}
		p.Errors = append(p.Errors, errs.Field{Path: path, Code: "schema", ZH: translateFault(detail.Message), EN: detail.Message})
	}
	return p
}

var missingProperty = regexp.MustCompile(`^expected required property (\S+) to be present$`)

// faultWords are the validator's sentences in Chinese.
var faultWords = []struct {
	pattern *regexp.Regexp
	zh      string
}{
	{missingProperty, "缺少必填项 $1"},
	{regexp.MustCompile(`^unexpected property$`), "未知的字段"},
	{regexp.MustCompile(`^expected string$`), "须为文本"},
	{regexp.MustCompile(`^expected boolean$`), "须为 true 或 false"},
	{regexp.MustCompile(`^expected (?:number|integer)$`), "须为数字"},
	{regexp.MustCompile(`^expected array$`), "须为列表"},
	{regexp.MustCompile(`^expected object$`), "须为对象"},
	{regexp.MustCompile(`^expected length >= (\d+)$`), "长度不足 $1"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "长度超过 $1"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), "须为下列之一：$1"},
	{regexp.MustCompile(`^validation failed$`), "校验未通过"},
	{regexp.MustCompile(`^request body is required$`), "请求内容为空"},
	{regexp.MustCompile(`^required (\w+) parameter is missing$`), "缺少参数"},
	{regexp.MustCompile(`^request body is too large.*$`), "请求内容过大"},
}

func translateFault(message string) string {
	for _, w := range faultWords {
		if w.pattern.MatchString(message) {
			return w.pattern.ReplaceAllString(message, w.zh)
		}
	}
	return message
}

// writeProblem answers outside huma's operations.
func writeProblem(c *gin.Context, err error) {
	p := problemOf(err)
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(p.Status, p)
}

func refuseCrossOrigin(w http.ResponseWriter, _ *http.Request) {
	p := problemOf(errs.New(errs.Forbidden, "cross_origin", "拒绝跨站请求", "cross-origin request refused"))
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone when this fails
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return append(text, '\n'), nil
}
