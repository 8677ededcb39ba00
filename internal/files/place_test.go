package files

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

var noon = time.Date(2026, 9, 18, 4, 0, 0, 0, time.UTC)

// place is a store as it looks from behind.
type place struct {
	*Store
	swap func(key, content string) // puts other bytes there
	age  func(key string, stored time.Time)
	keys func() []string // all that is stored, half written included
}

// places are those that contents may be in; the fault tests add a real server.
var places = map[string]func(*testing.T) place{
	"folder": inFolder, "s3": func(t *testing.T) place { return inBucket(t, newServer(t)) },
}

// onEach runs a test on each kind of place.
func onEach(t *testing.T, test func(*testing.T, place)) {
	t.Helper()
	for name, open := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func inFolder(t *testing.T) place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deep", "files")
	s, err := Open(dir)
	must(t, err)
	path := func(key string) string { return filepath.Join(dir, filepath.FromSlash(key)) }
	return place{
		Store: s,
		swap: func(key, content string) {
			must(t, os.MkdirAll(filepath.Dir(path(key)), 0o700))
			must(t, os.WriteFile(path(key), []byte(content), 0o600))
		},
		age: func(key string, stored time.Time) { must(t, os.Chtimes(path(key), stored, stored)) },
		keys: func() (keys []string) {
			must(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					keys = append(keys, strings.TrimPrefix(filepath.ToSlash(p), filepath.ToSlash(dir)+"/"))
				}
				return err
			}))
			return keys
		},
	}
}

const (
	testBucket = "hengjian"
	testPrefix = "bureau/370113"
	testKey    = "test-access"
	testSecret = "test-secret-9f1c"
)

// server is S3 in this process, with faults to be switched on.
type server struct {
	*httptest.Server
	backend *s3mem.Backend
	clock   clock
	fault   atomic.Pointer[func(http.ResponseWriter, *http.Request, http.Handler)]
}

type clock struct{ now atomic.Pointer[time.Time] }

func (c *clock) set(at time.Time)                                               { c.now.Store(&at) }
func (c *clock) Now() time.Time                                                 { return *c.now.Load() }
func (c *clock) Since(at time.Time) time.Duration                               { return c.Now().Sub(at) }
func (s *server) fail(f func(http.ResponseWriter, *http.Request, http.Handler)) { s.fault.Store(&f) }

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{}
	s.clock.set(noon)
	s.backend = s3mem.New(s3mem.WithTimeSource(&s.clock))
	must(t, s.backend.CreateBucket(testBucket))
	fake := gofakes3.New(s.backend, gofakes3.WithIntegrityCheck(true), gofakes3.WithTimeSource(&s.clock),
		gofakes3.WithTimeSkewLimit(0)).Server()
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.fault.Load(); f != nil {
			(*f)(w, r, fake)
			return
		}
		if !strings.Contains(r.Header.Get("Authorization"), "Credential="+testKey+"/") {
			refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
			return
		}
		fake.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>no</Message></Error>")
}

func (s *server) settings() Settings {
	return Settings{
		Endpoint: strings.TrimPrefix(s.URL, "http://"), Bucket: testBucket, Prefix: testPrefix, Insecure: true,
		AccessKey: testKey, SecretKey: testSecret,
	}
}

func inBucket(t *testing.T, s *server) place {
	t.Helper()
	store, err := OpenS3(t.Context(), s.settings())
	must(t, err)
	put := func(name string, content []byte) {
		stored := map[string]string{"Last-Modified": s.clock.Now().UTC().Format(http.TimeFormat)}
		_, err := s.backend.PutObject(testBucket, name, stored, bytes.NewReader(content), int64(len(content)), nil)
		must(t, err)
	}
	return place{
		Store: store,
		swap:  func(key, content string) { put(testPrefix+"/"+key, []byte(content)) },
		age: func(key string, stored time.Time) {
			o, err := s.backend.GetObject(testBucket, testPrefix+"/"+key, nil)
			must(t, err)
			content, err := io.ReadAll(o.Contents)
			must(t, err)
			s.clock.set(stored)
			put(testPrefix+"/"+key, content)
			s.clock.set(noon)
		},
		keys: func() (keys []string) {
			all, err := s.backend.ListBucket(testBucket, &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
			must(t, err)
			for _, o := range all.Contents {
				keys = append(keys, strings.TrimPrefix(o.Key, testPrefix+"/"))
			}
			slices.Sort(keys)
			return keys
		},
	}
}

func put(t *testing.T, p place, content string) Hash {
	t.Helper()
	h, err := p.Put(t.Context(), []byte(content))
	if err != nil {
		t.Fatalf("put %.40q, %d bytes: %v", content, len(content), err)
	}
	return h
}

func lose(t *testing.T, p place, h Hash) {
	t.Helper()
	must(t, p.contents.remove(t.Context(), keyOf(h)))
}

// hooked lets a test step in between.
type hooked struct {
	contents
	listed, removing func()
}

func (h hooked) list(ctx context.Context, shelf string, found func(item) error) error {
	err := h.contents.list(ctx, shelf, found)
	if h.listed != nil {
		h.listed()
	}
	return err
}

func (h hooked) remove(ctx context.Context, key string) error {
	if h.removing != nil {
		h.removing()
	}
	return h.contents.remove(ctx, key)
}
