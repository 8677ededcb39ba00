// Package api serves Hengjian over HTTP: the JSON operations under /api/v1 with their OpenAPI document, sessions, the
// public pages at /v/{code}, and the built browser app. It holds no rule and no SQL but that of its own table
// idempotency. Read routes.go first: it is the table of contents, each route with its permission.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"hengjian/certificates"
	"hengjian/instruments"
	"hengjian/internal/database"
	"hengjian/internal/files"
	"hengjian/internal/jobs"
	"hengjian/internal/ledger"
	"hengjian/internal/standards"
	"hengjian/internal/users"
	"hengjian/lims"
)

// Services are what the API calls into.
type Services struct {
	DB           *database.DB
	Users        *users.Service
	Standards    *standards.Service
	Instruments  *instruments.Service
	LIMS         *lims.Service
	Certificates *certificates.Service
	Files        *files.Store
	Jobs         *jobs.Runner
	Log          *ledger.Log
}

// Options are the settings of the server.
type Options struct {
	Now      func() time.Time
	Logger   *slog.Logger
	UI       fs.FS          // the built browser app; nil when it is not built
	Insecure bool           // cookies also over plain HTTP from another machine
	Proxies  []netip.Prefix // whose word is taken for who asks (X-Forwarded-For, X-Real-IP); nobody's unless set
}

type server struct {
	Services
	Options
	api      huma.API
	secured  map[string][]ledger.Role // operation → who may
	sessions cookieJar
	checks   *limiter
	reads    *limiter // of the published ledger
}

const (
	maxBody   = 1 << 20
	maxUpload = 20 << 20
)

var ownErrors sync.Once

// New makes the handler that serves everything.
func New(services Services, options Options) http.Handler {
	s, engine := assemble(services, options)
	s.pages(engine)
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(refuseCrossOrigin))
	return protection.Handler(engine)
}

// Document returns the OpenAPI 3.1 document of the operations, as JSON.
func Document() ([]byte, error) {
	s, _ := assemble(Services{}, Options{Now: func() time.Time { return time.Time{} }, Logger: slog.New(slog.DiscardHandler)})
	return indented(s.api.OpenAPI())
}

func assemble(services Services, options Options) (*server, *gin.Engine) {
	ownErrors.Do(func() { huma.NewError = schemaProblem })
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	trusted := make([]string, len(options.Proxies))
	for i, p := range options.Proxies {
		trusted[i] = p.String()
	}
	_ = engine.SetTrustedProxies(trusted) // networks that were read already
	s := &server{
		Services: services, Options: options, secured: map[string][]ledger.Role{},
		sessions: cookieJar{insecure: options.Insecure}, checks: newLimiter(checksPerSecond, checkBurst), reads: newLimiter(readsPerSecond, readBurst),
	}
	engine.Use(s.recovered, s.logged, headers, bounded, s.signedIn, s.idempotent)
	s.api = humagin.New(engine, apiConfig())
	s.routes()
	return s, engine
}

func apiConfig() huma.Config {
	config := huma.DefaultConfig("Hengjian 衡鉴", "1.0")
	config.Info.Description = "Laboratory and metrology system of a market-supervision bureau. Measured values are strings; " +
		"times RFC 3339; errors problem+json (RFC 9457) with errors[] {path, code, zh, en}."
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.OpenAPIPath = "/openapi"
	config.DocsPath = ""
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema in answers
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
	}
	return config
}

// permission says who may call an operation. An empty one is a mistake and stops the start.
type permission struct {
	public bool
	roles  []ledger.Role
}

var (
	public    = permission{public: true}
	anyPerson = permission{roles: ledger.Roles()}
)

func only(roles ...ledger.Role) permission { return permission{roles: roles} }

// operation is one line of the table of routes.
type operation struct {
	method, path, id, summary string
	may                       permission
	status                    int
	upload                    bool
}

// handle registers an operation: typed input, one call into a domain, typed output.
func handle[I, O any](s *server, op operation, do func(context.Context, ledger.Actor, *I) (*O, error)) {
	if !op.may.public && len(op.may.roles) == 0 {
		panic("route without a permission: " + op.method + " " + op.path)
	}
	o := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.summary, DefaultStatus: op.status,
		Tags: []string{tagOf(op.path)}, MaxBodyBytes: maxBody, Errors: errorStatuses(op),
	}
	if op.upload {
		o.MaxBodyBytes = maxUpload
	}
	if !op.may.public {
		o.Security = []map[string][]string{{"session": {}}}
	}
	if op.method == post && !op.may.public {
		o.Parameters = []*huma.Param{idempotencyKey}
	}
	s.secured[op.method+" "+op.path] = op.may.roles
	huma.Register(s.api, o, func(ctx context.Context, in *I) (*O, error) {
		actor, signedIn := actorOf(ctx)
		if err := op.may.check(actor, signedIn); err != nil {
			return nil, problemOf(err)
		}
		out, err := do(ctx, actor, in)
		if err != nil {
			s.logFailure(ctx, op, err)
			return nil, problemOf(err)
		}
		return out, nil
	})
}

// idempotencyKey is taken by the middleware before an operation sees its request.
var idempotencyKey = &huma.Param{
	Name: idempotencyHeader, In: "header",
	Description: "Makes a repeated request the same request: the same key with the same body gets the first answer, another body 422.",
	Schema:      &huma.Schema{Type: huma.TypeString, MinLength: new(minKey), MaxLength: new(maxKey)},
}

func (p permission) check(actor ledger.Actor, signedIn bool) error {
	if p.public {
		return nil
	}
	if !signedIn {
		return errNotSignedIn
	}
	return actor.As(p.roles...)
}

func errorStatuses(op operation) []int {
	if op.may.public {
		return []int{http.StatusUnprocessableEntity}
	}
	statuses := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}
	if op.method != http.MethodGet {
		statuses = append(statuses, http.StatusConflict, http.StatusPreconditionFailed)
	}
	return statuses
}

// tagOf groups operations by the first word after /api/v1.
func tagOf(path string) string {
	rest := path[len("/api/v1/"):]
	for i, r := range rest {
		if r == '/' {
			return rest[:i]
		}
	}
	return rest
}
