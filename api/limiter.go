package api

import (
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"hengjian/internal/errs"
)

// limiter slows down who tries codes: a few checks a second for each address, in bounded memory. Nobody gets a fresh
// allowance by asking from ever new addresses: whoever has not asked for a while is forgotten, and when there is still no
// room, all newcomers share one allowance.
type limiter struct {
	mu        sync.Mutex
	seen      map[netip.Prefix]*rate.Limiter
	crowd     *rate.Limiter
	tidied    time.Time
	perSecond rate.Limit
	burst     int
}

const (
	checksPerSecond = 20
	checkBurst      = 60
	readsPerSecond  = 200 // a monitor reads the whole ledger in many small pieces
	readBurst       = 2000
	limiterSize     = 20_000
	tidyEvery       = time.Second
	ownedBits       = 64 // of an IPv6 address: what one customer of a network has
)

func newLimiter(perSecond rate.Limit, burst int) *limiter {
	return &limiter{
		seen: map[netip.Prefix]*rate.Limiter{}, crowd: rate.NewLimiter(perSecond, burst), perSecond: perSecond, burst: burst,
	}
}

func (l *limiter) allow(address string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := askerOf(address)
	one, ok := l.seen[from]
	if !ok {
		if len(l.seen) >= limiterSize {
			l.tidy(at)
		}
		if len(l.seen) >= limiterSize {
			return l.crowd.AllowN(at, 1)
		}
		one = rate.NewLimiter(l.perSecond, l.burst)
		l.seen[from] = one
	}
	return one.AllowN(at, 1)
}

// tidy forgets who has the full allowance again. It looks at all, and therefore not at each question.
func (l *limiter) tidy(at time.Time) {
	if since := at.Sub(l.tidied); since >= 0 && since < tidyEvery {
		return
	}
	l.tidied = at
	for from, one := range l.seen {
		if one.TokensAt(at) >= float64(l.burst) {
			delete(l.seen, from)
		}
	}
}

// askerOf is who asks: an IPv4 address, or the network of an IPv6 address. What is neither counts as one.
func askerOf(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = ownedBits
	}
	from, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return from
}

// limited lets a limiter decide whether a request may go on.
func (s *server) limited(l *limiter) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !l.allow(c.ClientIP(), s.Now()) {
			c.Header("Retry-After", "5")
			s.unanswered(c, errs.New(errs.TooMany, "too_many", "查询过于频繁，请稍后再试", "too many requests; try again in a moment"))
		}
	}
}
