package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hengjian/internal/errs"
)

// Remote is a log as it is published.
type Remote struct {
	ctx    context.Context //nolint:containedctx // source has no parameter for it
	prefix string
	client *http.Client
}

// NewRemote reads the log below an address: that of the log, or that of a Hengjian, whose log is at /log.
func NewRemote(ctx context.Context, address string) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errs.New(errs.Invalid, "log_address", "日志地址无法识别："+address, "not the address of a log: "+address)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/log"
	}
	return &Remote{ctx: ctx, prefix: strings.TrimSuffix(u.String(), "/") + "/", client: &http.Client{Timeout: 30 * time.Second}}, nil
}

func (r *Remote) read(name string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(r.ctx, http.MethodGet, r.prefix+name, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "log_unreachable", "无法连接日志："+r.prefix, "the log does not answer: "+r.prefix).With(err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, fs.ErrNotExist
	default:
		return nil, errs.New(errs.Unavailable, "log_unreachable", fmt.Sprintf("日志回答%s：%s", answer.Status, name),
			fmt.Sprintf("the log answers %s to %s", answer.Status, name))
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err != nil || int64(len(data)) > limit {
		return nil, unreadable(name, "回答过长或中断", "the answer is too long, or broke off").With(errors.Join(err, io.ErrUnexpectedEOF))
	}
	return data, nil
}
