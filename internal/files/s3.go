package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"hengjian/internal/errs"
)

// How long S3 may take, retries included: for a short answer, which a transaction may wait for; for a content to be
// taken, which may be large; and for a content that is sent to us to come or to go on.
const (
	s3Answer   = 10 * time.Second
	s3Transfer = time.Minute
	s3Pace     = 1 << 20 // bytes in a second, on top of that
	s3Attempts = 3
)

// OpenS3 keeps contents in a bucket that is there already, and makes sure that it may look into it.
func OpenS3(ctx context.Context, s Settings) (*Store, error) {
	if s.AccessKey == "" || s.SecretKey == "" {
		return nil, errs.New(errs.Invalid, "files_credentials",
			"请用环境变量 HENGJIAN_S3_ACCESS_KEY 和 HENGJIAN_S3_SECRET_KEY 给出文件存储的密钥",
			"the file store's credentials are wanted in HENGJIAN_S3_ACCESS_KEY and HENGJIAN_S3_SECRET_KEY")
	}
	client, err := minio.NewCore(s.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Secure: !s.Insecure, Region: s.Region, MaxRetries: s3Attempts,
	})
	if err != nil {
		return nil, errs.New(errs.Invalid, "files_address", "文件存储地址无效", "the address of the file store is not valid").With(err)
	}
	b := bucket{client, s, s3Answer, s3Transfer}
	if err := b.reachable(ctx); err != nil {
		return nil, fmt.Errorf("file store %s: %w", s, err)
	}
	return &Store{b}, nil
}

type bucket struct {
	client           *minio.Core
	at               Settings
	answer, transfer time.Duration
}

func (b bucket) name(key string) string { return path.Join(b.at.Prefix, key) }

// reachable lists rather than asks for the bucket's head: only an answer with a body says what is wrong.
func (b bucket) reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.answer)
	defer cancel()
	return b.list(ctx, halfWritten, func(item) error { return nil })
}

// put needs no condition: whoever writes a key writes the same bytes, which the server compares with their MD5. Whole
// contents go in one request, so that nothing half written stays behind.
func (b bucket) put(ctx context.Context, key string, content *io.SectionReader, mediaType string) error {
	ctx, cancel := context.WithTimeout(ctx, b.transfer+time.Duration(content.Size()/s3Pace)*time.Second)
	defer cancel()
	_, err := b.client.Client.PutObject(ctx, b.at.Bucket, b.name(key), content, content.Size(),
		minio.PutObjectOptions{
			ContentType: mediaType, SendContentMd5: true, DisableMultipart: true,
			DisableContentSha256: content.Size() == 0, // an empty stream that is signed has no length for some servers
		})
	return b.fault(ctx, err)
}

func (b bucket) spool() (*os.File, error) { return os.CreateTemp("", "hengjian-") }

// get waits for the bucket, not for whoever reads: a large content may take its reader long.
func (b bucket) get(ctx context.Context, key string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &transfer{ctx: ctx, from: b, cancel: cancel}
	t.patience = time.AfterFunc(b.transfer, func() { cancel(errStands) })
	defer t.patience.Stop()
	body, _, _, err := b.client.GetObject(ctx, b.at.Bucket, b.name(key), minio.GetObjectOptions{})
	if err != nil {
		err = b.fault(ctx, err)
		cancel(nil)
		return nil, err
	}
	t.body = body
	return t, nil
}

// errStands ends a transfer on which nothing comes any more.
var errStands = errors.New("the transfer stands still")

// transfer is a content on its way; its faults are told as those of the bucket.
type transfer struct {
	body     io.ReadCloser
	ctx      context.Context //nolint:containedctx // it ends with the transfer
	cancel   context.CancelCauseFunc
	patience *time.Timer // runs while the bucket is waited for
	from     bucket
}

// Read implements io.Reader.
func (t *transfer) Read(p []byte) (int, error) {
	t.patience.Reset(t.from.transfer)
	defer t.patience.Stop()
	n, err := t.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = t.from.fault(t.ctx, err)
	}
	return n, err
}

// Close implements io.Closer.
func (t *transfer) Close() error {
	t.cancel(nil)
	return t.body.Close()
}

func (b bucket) stat(ctx context.Context, key string) (item, error) {
	ctx, cancel := context.WithTimeout(ctx, b.answer)
	defer cancel()
	info, err := b.client.StatObject(ctx, b.at.Bucket, b.name(key), minio.StatObjectOptions{})
	if err != nil {
		return item{}, b.fault(ctx, err)
	}
	return item{key, info.Size, info.LastModified}, nil
}

func (b bucket) list(ctx context.Context, shelf string, found func(item) error) error {
	ctx, cancel := context.WithTimeout(ctx, b.transfer)
	defer cancel()
	prefix := b.name(shelf) + "/"
	for o := range b.client.ListObjectsIter(ctx, b.at.Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return b.fault(ctx, o.Err)
		}
		if err := found(item{path.Join(shelf, strings.TrimPrefix(o.Key, prefix)), o.Size, o.LastModified}); err != nil {
			return err
		}
	}
	return b.fault(ctx, ctx.Err())
}

func (b bucket) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, b.answer)
	defer cancel()
	return b.fault(ctx, b.client.RemoveObject(ctx, b.at.Bucket, b.name(key), minio.RemoveObjectOptions{}))
}

// fault says what is wrong with the bucket, or that the key is not in it.
func (b bucket) fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) && !errors.Is(context.Cause(ctx), errStands) {
		return ctx.Err()
	}
	answer, _ := errors.AsType[minio.ErrorResponse](err)
	switch answer.Code {
	case minio.NoSuchKey:
		return errMissing.With(err)
	case minio.NoSuchBucket:
		return errs.New(errs.Unavailable, "files_bucket", "文件存储中没有存储桶"+b.at.Bucket,
			"there is no bucket "+b.at.Bucket+" in the file store").With(err)
	case minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidTokenId", "AuthorizationHeaderMalformed",
		"XAdminUserNotFound": // the last is versitygw's word for a key that nobody has
		return errs.New(errs.Unavailable, "files_denied", "文件存储拒绝访问：密钥、权限或区域不对",
			"the file store refuses: the credentials, the permissions or the region are wrong").With(err)
	}
	return errs.New(errs.Unavailable, "files_down", "文件存储"+b.at.Endpoint+"无法完成请求，请稍后再试",
		"the file store at "+b.at.Endpoint+" does not do what was asked; try again later").With(err)
}
