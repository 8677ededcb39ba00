package files

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hengjian/internal/database/dbtest"
	"hengjian/internal/errs"
)

func TestParseSettings(t *testing.T) {
	t.Parallel()
	got, err := ParseSettings("s3://papers/bureau/370113/?endpoint=minio.lan:9000&region=cn-east-1&insecure=true")
	want := Settings{Endpoint: "minio.lan:9000", Region: "cn-east-1", Bucket: "papers", Prefix: "bureau/370113", Insecure: true}
	if err != nil || got != want {
		t.Errorf("got %#v, %v; want %#v", got, err, want)
	}
	if got, err := ParseSettings("s3://papers?endpoint=s3.cn-north-1.amazonaws.com.cn"); err != nil || got.Prefix != "" || got.Insecure {
		t.Errorf("the shortest: %#v, %v", got, err)
	}
	for _, address := range []string{
		"", "papers", "http://papers?endpoint=a:1", "s3://papers", "s3://?endpoint=a:1", "s3://P?endpoint=a:1", "s3://papers/../x?endpoint=a:1",
		"s3://papers/a b?endpoint=a:1", "s3://papers?endpoint=https://a:1", "s3://papers?endpoint=a:0", "s3://papers?endpoint=a:1&endpoint=b:1",
		"s3://papers?endpoint=a:1&insecure=maybe", "s3://papers?endpoint=a:1&secret_key=hush-hush", "s3://me:hush-hush@papers?endpoint=a:1",
		"s3://me:hush-hush@papers?endpoint=a:1%zz", "s3://papers\x00hush-hush",
	} {
		got, err := ParseSettings(address)
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q: %v, %v; want it refused", address, got, err)
		}
		if strings.Contains(fmt.Sprint(err), "hush") {
			t.Errorf("%q: the fault tells the secret: %v", address, err)
		}
	}
}

func TestSettingsKeepSecrets(t *testing.T) {
	t.Parallel()
	s := Settings{Endpoint: "a:1", Bucket: "papers", AccessKey: testKey, SecretKey: testSecret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, s); strings.Contains(text, testSecret) || strings.Contains(text, testKey) {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

func TestOpenS3Refuses(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	down := newServer(t)
	down.Close()
	for name, c := range map[string]struct {
		change func(*Settings)
		kind   errs.Kind
		code   string
	}{
		"no credentials":    {func(s *Settings) { s.SecretKey = "" }, errs.Invalid, "files_credentials"},
		"wrong credentials": {func(s *Settings) { s.AccessKey = "somebody-else" }, errs.Unavailable, "files_denied"},
		"wrong bucket":      {func(s *Settings) { s.Bucket = "elsewhere" }, errs.Unavailable, "files_bucket"},
		"server down":       {func(s *Settings) { s.Endpoint = strings.TrimPrefix(down.URL, "http://") }, errs.Unavailable, "files_down"},
		"HTTPS to HTTP":     {func(s *Settings) { s.Insecure = false }, errs.Unavailable, "files_down"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := s.settings()
			c.change(&at)
			_, err := OpenS3(t.Context(), at)
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != c.kind || e.Code != c.code || e.ZH == "" {
				t.Errorf("opened: %v, want kind %v code %s", err, c.kind, c.code)
			}
			if strings.Contains(fmt.Sprint(err), testSecret) {
				t.Errorf("the fault tells the secret: %v", err)
			}
		})
	}
}

// Whatever the server does, nothing is taken as stored, as missing, or as another content.
func TestS3Faults(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			db, p := dbtest.New(t), inBucket(t, s)
			h := put(t, p, "content")
			p.Store.contents = hasty(p)
			s.fail(fault)
			if got, err := p.Read(t.Context(), h); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("read: %q, %v; want unavailable", got, err)
			}
			if name == "cut off" {
				return // of an answer without a body nothing can be cut off
			}
			if got, err := p.Put(t.Context(), []byte("more")); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("put: %s, %v; want unavailable", got, err)
			}
			if err := record(t, db, p, File{Hash: h, Division: "370113", CreatedAt: noon}); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("record: %v; want unavailable", err)
			}
			if got, err := p.Sweep(t.Context(), db, Sweeping{Now: noon, Force: true}); errs.KindOf(err) != errs.Unavailable {
				t.Errorf("sweep: %+v, %v; want unavailable", got, err)
			}
		})
	}
}

// Whoever looks into the bucket finds contents with their type, below the prefix, under the keys of the folder.
func TestS3Objects(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	h := put(t, inBucket(t, s), "%PDF-1.7 …").String()
	o, err := s.backend.HeadObject(testBucket, testPrefix+"/"+h[:2]+"/"+h[2:])
	if err != nil || o.Metadata["Content-Type"] != "application/pdf" {
		t.Errorf("the object: %+v, %v; want a PDF", o, err)
	}
}
