package kaggle

import (
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/seed-a5aa75a0/podium/internal/disk"
)

// Client talks to one server with one set of credentials. It is safe for
// concurrent use. The zero value is no use: see New.
type Client struct {
	base     *url.URL // with the RPC prefix, as https://api.kaggle.com/v1
	restBase string   // of the REST dialect, as https://www.kaggle.com/api/v1
	dialect  dialect
	site     string // pages for people, no trailing slash
	creds    Credentials
	agent    string
	api      *resty.Client // carries credentials; follows no redirect
	storage  *resty.Client // never carries credentials
	retry    Retry
	timeout  time.Duration // of one API call
	stall    time.Duration // longest silence inside a download or upload
	now      func() time.Time
	ranges   ranges
	free     func(dir string) (int64, bool) // bytes on disk
	gate     gate
	teller   teller
}

// ranges is how a large file is fetched.
type ranges struct {
	lanes   int   // connections, where the call does not say
	segment int64 // bytes that are remembered as one
	from    int64 // bytes of the smallest file for which there is more than one
}

// Retry is how often and how fast reads are tried again.
type Retry struct {
	Attempts int           // tries in all; 0 means 5
	Base     time.Duration // wait before the second try, doubled each time; 0 means 0.5 s
	Max      time.Duration // longest wait; 0 means 30 s
}

// Option sets one thing of a Client.
type Option func(*config)

type config struct {
	base      string
	creds     Credentials
	agent     string
	transport http.RoundTripper
	retry     Retry
	timeout   time.Duration
	stall     time.Duration
	now       func() time.Time
	ranges    ranges
	free      func(dir string) (int64, bool)
	notice    func(RetryNotice)
}

// WithBaseURL sets the server; see Endpoint for the forms. Without it the
// client talks to kaggle.com.
func WithBaseURL(u string) Option { return func(c *config) { c.base = u } }

// WithCredentials sets who asks. Without it the client is anonymous, which
// Kaggle allows for few reads.
func WithCredentials(cr Credentials) Option { return func(c *config) { c.creds = cr } }

// WithVersion sets the User-Agent to podium/version; without it, podium/devel.
func WithVersion(v string) Option { return func(c *config) { c.agent = "podium/" + v } }

// WithTransport replaces the HTTP transport, of API and storage calls alike. Of
// an *http.Transport storage gets a copy without HTTP/2.
func WithTransport(t http.RoundTripper) Option { return func(c *config) { c.transport = t } }

// WithRetry replaces the retry policy of reads.
func WithRetry(r Retry) Option { return func(c *config) { c.retry = r } }

// RetryNotice says that something failed and is about to be tried again.
type RetryNotice struct {
	Err   error         // what failed and why
	Pause time.Duration // until the next try
	Try   int           // number of the next try, from 2
	Of    int           // how many there will be at most
}

// WithRetryNotice has f called before a new try, so that a person is not left
// in front of a silent screen: of calls at each one, of downloads and uploads
// where the last try too brought nothing new. f is called from whichever
// goroutine waits, by one at a time, and once for waits at the same time.
func WithRetryNotice(f func(RetryNotice)) Option { return func(c *config) { c.notice = f } }

// WithTimeouts sets the longest time of one API call (default 60 s) and the
// longest silence inside a download or upload (default 60 s).
func WithTimeouts(call, stall time.Duration) Option {
	return func(c *config) { c.timeout, c.stall = call, stall }
}

// WithClock replaces the clock with which deadlines are compared.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// New makes a client. It fails if the base URL is no URL, or if credentials
// would travel unencrypted to another machine. It asks the network nothing.
func New(opts ...Option) (*Client, error) {
	cfg := config{agent: "podium/devel", timeout: time.Minute, stall: time.Minute, now: time.Now,
		ranges: ranges{lanes: defaultConnections, segment: segmentSize, from: parallelFrom}, free: disk.Free}
	for _, o := range opts {
		o(&cfg)
	}
	base, site, err := endpoint(cfg.base)
	if err != nil {
		return nil, err
	}
	if err := checkEncrypted(base, cfg.creds); err != nil {
		return nil, err
	}
	if cfg.transport == nil {
		cfg.transport = defaultTransport()
	}
	c := &Client{
		base: base, restBase: restBase(base, site), site: site, creds: cfg.creds, agent: cfg.agent,
		retry: cfg.retry.withDefaults(), timeout: cfg.timeout, stall: cfg.stall, now: cfg.now,
		ranges: cfg.ranges, free: cfg.free, teller: teller{f: cfg.notice},
	}
	c.api, c.storage = newResty(cfg.transport, c.agent), newResty(forStorage(cfg.transport), c.agent)
	return c, nil
}

// Site is where the server's pages for people are, without a trailing slash.
func (c *Client) Site() string { return c.site }

// newResty makes a resty client that only carries: no retries, no redirects,
// no parsing and no log of its own, all of which this package does itself.
func newResty(t http.RoundTripper, agent string) *resty.Client {
	return resty.New().
		SetTransport(t).
		SetHeader("User-Agent", agent).
		SetDoNotParseResponse(true).
		SetDisableWarn(true).
		SetLogger(silent{}).
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}))
}

// defaultTransport honours the proxy environment and gives up on a server that
// does not answer; bodies have their own watch (stall).
func defaultTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: time.Minute,
	}
}

// forStorage is the transport made to speak HTTP/1.1 only, if it is one of Go's:
// under HTTP/2 the ranges of a file would share one connection, and with it one
// congestion window, which is what more connections are there to get around.
func forStorage(rt http.RoundTripper) http.RoundTripper {
	t, ok := rt.(*http.Transport)
	if !ok {
		return rt
	}
	t = t.Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	if t.TLSClientConfig != nil { // else Clone's copy still offers the server HTTP/2
		t.TLSClientConfig.NextProtos = nil
	}
	t.MaxIdleConnsPerHost = max(t.MaxIdleConnsPerHost, t.MaxIdleConns) // the lanes' are all of one host
	return t
}

// silent keeps resty from writing to stderr.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
