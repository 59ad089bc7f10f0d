package kaggle

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Network is how requests leave this machine: through which proxy, and which
// certificate authorities are trusted beside the system's. Its zero value is a
// direct way. No printing of it shows a proxy's password.
type Network struct {
	Authorities []string // where those beside the system's are from, as "SSL_CERT_FILE (/etc/corp.pem)"

	http, https setting // proxies
	noProxy     string
	roots       *x509.CertPool // nil: the system's
}

// setting is a value and where it is from.
type setting struct {
	value  hidden // a proxy's URL may hold a password
	source string
}

// FindNetwork reads what the environment says, which the official client's
// users have set for it: a proxy from KAGGLE_PROXY, HTTPS_PROXY or HTTP_PROXY,
// ALL_PROXY (small letters too) or the key proxy of kaggle.json, but not for
// the hosts in NO_PROXY and never for this machine; certificate authorities
// from SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or the key
// ssl_ca_cert, each a PEM file or a folder of such, which are trusted beside
// the system's. What is set and cannot be used is an error (fault.Usage).
// env and home are as for FindCredentials.
func FindNetwork(env func(string) string, home string) (Network, error) {
	l := newLookup(env, home)
	config := filepath.Join(l.configDir(), "kaggle.json")
	file, _ := l.configFile(config) // what is wrong with it FindCredentials says
	n := Network{noProxy: firstSet(env, "NO_PROXY", "no_proxy").value.reveal()}
	var err error
	inFile := setting{hide(file.Proxy), "proxy in " + config}
	if n.https, err = proxySetting(firstSet(env, "KAGGLE_PROXY", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), inFile); err != nil {
		return Network{}, err
	}
	if n.http, err = proxySetting(firstSet(env, "KAGGLE_PROXY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), inFile); err != nil {
		return Network{}, err
	}
	for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		if err := n.trust(name, env(name)); err != nil {
			return Network{}, err
		}
	}
	return n, n.trust("ssl_ca_cert in "+config, file.CACert)
}

func firstSet(env func(string) string, names ...string) setting {
	for _, name := range names {
		if v := strings.TrimSpace(env(name)); v != "" {
			return setting{hide(v), name}
		}
	}
	return setting{}
}

// proxySetting is the first of the settings that says something, checked: a
// proxy that is misspelt must not become a direct connection.
func proxySetting(settings ...setting) (setting, error) {
	for _, s := range settings {
		raw := s.value.reveal()
		if raw == "" {
			continue
		}
		if !strings.Contains(raw, "://") {
			raw = "http://" + raw
		}
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
			return setting{}, fault.New(fault.Usage, "correct it or remove it: http://host:port", "%s: want the URL of a proxy, got %q", s.source, scrub(raw))
		}
		return setting{hide(raw), s.source}, nil
	}
	return setting{}, nil
}

// trust adds the authorities in a PEM file, or in the files of a folder.
func (n *Network) trust(source, path string) error {
	if path == "" {
		return nil
	}
	for i, known := range n.Authorities { // two variables often name one file
		if sources, ok := strings.CutSuffix(known, " ("+path+")"); ok {
			n.Authorities[i] = sources + ", " + source + " (" + path + ")"
			return nil
		}
	}
	if n.roots == nil {
		if n.roots, _ = x509.SystemCertPool(); n.roots == nil { // a system without one
			n.roots = x509.NewCertPool()
		}
	}
	files := []string{path}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*")); err != nil {
			return err
		}
	}
	added, cause := false, errors.New("no certificate in it")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			cause = err
		}
		added = n.roots.AppendCertsFromPEM(b) || added
	}
	if !added {
		return fault.Wrap(cause, fault.Usage, "correct it or remove it: the path of a PEM file", "%s: %s", source, path)
	}
	n.Authorities = append(n.Authorities, source+" ("+path+")")
	return nil
}

// proxy is the function of a transport. Hosts of this machine are reached
// without one.
func (n Network) proxy() func(*url.URL) (*url.URL, error) {
	c := httpproxy.Config{HTTPProxy: n.http.value.reveal(), HTTPSProxy: n.https.value.reveal(), NoProxy: n.noProxy}
	return c.ProxyFunc()
}

// ProxyFor is the proxy on the way to a URL, without its password, and where
// it was set; empty for a direct way.
func (n Network) ProxyFor(target string) (proxy, source string) {
	u, err := url.Parse(target)
	if err != nil {
		return "", ""
	}
	via, err := n.proxy()(u)
	if err != nil || via == nil {
		return "", ""
	}
	if u.Scheme == "https" {
		return scrub(via.String()), n.https.source
	}
	return scrub(via.String()), n.http.source
}

// Transport is for WithTransport.
func (n Network) Transport() http.RoundTripper {
	t := defaultTransport()
	via := n.proxy()
	t.Proxy = func(r *http.Request) (*url.URL, error) { return via(r.URL) }
	if n.roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: n.roots, MinVersion: tls.VersionTLS12}
	}
	return t
}
