package kaggle

import (
	"net"
	"net/url"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Environment variables that choose the server.
const (
	EnvURL         = "PODIUM_KAGGLE_URL"      // ours: any base URL
	EnvEnvironment = "KAGGLE_API_ENVIRONMENT" // the official client's
)

const (
	prodAPI  = "https://api.kaggle.com"
	prodSite = "https://www.kaggle.com"
)

// BaseURL is the server that the environment asks for: PODIUM_KAGGLE_URL, else
// KAGGLE_API_ENVIRONMENT as the official client reads it, else "" which is
// kaggle.com. The result is for WithBaseURL.
func BaseURL(env func(string) string) (string, error) {
	if u := env(EnvURL); u != "" {
		return u, nil
	}
	switch name := env(EnvEnvironment); name {
	case "", "PROD":
		return "", nil
	case "LOCALHOST":
		return "http://localhost/api/v1", nil
	case "TEST":
		return "http://localhost:7777/api/v1", nil
	default:
		return "", fault.New(fault.Usage, "unset it, or set "+EnvURL+" to the server's URL",
			"%s: want PROD, LOCALHOST or TEST, got %q", EnvEnvironment, name)
	}
}

// endpoint splits a base URL into the RPC base and the site for people. A URL
// without a path gets the prefix /v1; with a path (as http://localhost:7777/api/v1)
// the path is the prefix. Only kaggle.com has its pages on another host.
func endpoint(raw string) (base *url.URL, site string, err error) {
	if raw == "" {
		raw = prodAPI
	}
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.User != nil {
		return nil, "", fault.New(fault.Usage, "give it as https://host or http://127.0.0.1:PORT",
			"server URL %q: want http(s)://host[:port][/prefix]", scrub(raw))
	}
	if u.Path == "" {
		u.Path = "/v1"
	}
	if strings.EqualFold(u.Hostname(), "api.kaggle.com") {
		return u, prodSite, nil
	}
	return u, u.Scheme + "://" + u.Host, nil
}

// checkEncrypted refuses to send a secret over plain HTTP to another machine.
func checkEncrypted(base *url.URL, cr Credentials) error {
	if base.Scheme == "https" || cr.Kind == Anonymous || isLoopback(base.Hostname()) {
		return nil
	}
	return fault.New(fault.Usage, "use https, or a server on this machine",
		"server URL %q: credentials would travel unencrypted", scrub(base.String()))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// scrub leaves of a URL what may be shown: a signed URL's query and a URL's
// user part are secrets.
func scrub(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable URL)"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	return u.String()
}
