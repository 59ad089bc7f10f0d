package kaggle_test

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// tunnel is an HTTP proxy that wants a password and leads every CONNECT to one
// server, so that a name of the outside can be used without going there.
type tunnel struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // hosts
}

func newTunnel(t *testing.T, to string) *tunnel {
	t.Helper()
	p := &tunnel{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("ann:pr0xysecret")) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.Host)
		p.mu.Unlock()
		out, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer out.Close()
		in, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer in.Close()
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(out, in) }()
		_, _ = io.Copy(in, out)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *tunnel) hosts() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, ", ")
}

// company is a network as companies have it: everything goes through a proxy
// with a password, and TLS has the certificate of an authority of their own.
func company(t *testing.T) (p *tunnel, authority string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"ref":"https://www.kaggle.com/competitions/titanic"}`)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // it would tell of clients that do not trust it
	srv.StartTLS()
	t.Cleanup(srv.Close)
	authority = filepath.Join(t.TempDir(), "corp.pem")
	b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(authority, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return newTunnel(t, srv.Listener.Addr().String()), authority
}

func TestProxyAndAuthority(t *testing.T) {
	t.Parallel()
	p, authority := company(t)
	proxy := strings.Replace(p.URL, "http://", "http://ann:pr0xysecret@", 1)
	home := t.TempDir()
	writeTree(t, home, map[string]string{".kaggle/kaggle.json": fmt.Sprintf(`{"proxy":%q,"ssl_ca_cert":%q}`, proxy, authority)})
	folder := filepath.Dir(authority)
	for name, c := range map[string]struct {
		env  map[string]string
		home string
	}{
		"HTTPS_PROXY, SSL_CERT_FILE":       {map[string]string{"HTTPS_PROXY": proxy, "SSL_CERT_FILE": authority}, ""},
		"https_proxy, REQUESTS_CA_BUNDLE":  {map[string]string{"https_proxy": proxy, "REQUESTS_CA_BUNDLE": folder}, ""},
		"ALL_PROXY, CURL_CA_BUNDLE":        {map[string]string{"ALL_PROXY": strings.TrimPrefix(proxy, "http://"), "CURL_CA_BUNDLE": authority}, ""},
		"KAGGLE_PROXY before all":          {map[string]string{"KAGGLE_PROXY": proxy, "HTTPS_PROXY": "http://127.0.0.1:1", "SSL_CERT_FILE": authority}, ""},
		"kaggle.json":                      {nil, home},
		"the environment before the file":  {map[string]string{"KAGGLE_CONFIG_DIR": filepath.Join(home, ".kaggle"), "HTTPS_PROXY": proxy}, ""},
		"one file in two variables":        {map[string]string{"HTTPS_PROXY": proxy, "SSL_CERT_FILE": authority, "CURL_CA_BUNDLE": authority}, ""},
		"NO_PROXY of another host":         {map[string]string{"HTTPS_PROXY": proxy, "SSL_CERT_FILE": authority, "NO_PROXY": "example.org,10.0.0.0/8"}, ""},
		"both proxies, of which one is it": {map[string]string{"HTTPS_PROXY": proxy, "HTTP_PROXY": "http://127.0.0.1:1", "SSL_CERT_FILE": authority}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, err := kaggle.FindNetwork(func(k string) string { return c.env[k] }, c.home)
			if err != nil {
				t.Fatal(err)
			}
			client := newClient(t, "https://example.com", kaggle.WithTransport(n.Transport()))
			if comp, err := client.Competition(t.Context(), "titanic"); err != nil || comp.Slug != "titanic" {
				t.Errorf("%+v, %v", comp, err)
			}
			via, source := n.ProxyFor("https://example.com/v1")
			if via != p.URL || source == "" || len(n.Authorities) != 1 {
				t.Errorf("via %q from %q, authorities %q", via, source, n.Authorities)
			}
			if text := fmt.Sprintf("%v %+v %#v", n, n, &n); strings.Contains(text, "pr0xysecret") {
				t.Errorf("printing the network prints the password: %s", text)
			}
		})
	}
	t.Cleanup(func() {
		if got := p.hosts(); strings.ReplaceAll(got, "CONNECT example.com:443", "") != strings.Repeat(", ", 8) {
			t.Errorf("asked for %s", got)
		}
	})
}

// TestNoWayOut: what is wrong with the way out is said, once, without passwords.
func TestNoWayOut(t *testing.T) {
	t.Parallel()
	p, authority := company(t)
	ask := func(env map[string]string) error {
		n, err := kaggle.FindNetwork(func(k string) string { return env[k] }, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = newClient(t, "https://example.com", kaggle.WithTransport(n.Transport())).Competition(t.Context(), "titanic")
		if !errors.Is(err, kaggle.ErrNetwork) || strings.Contains(err.Error(), "pr0xysecret") || strings.Contains(err.Error(), "wr0ngsecret") {
			t.Errorf("%v", err)
		}
		return err
	}
	proxy := strings.Replace(p.URL, "http://", "http://ann:pr0xysecret@", 1)
	err := ask(map[string]string{"HTTPS_PROXY": proxy})
	if !strings.Contains(err.Error(), "certificate") || !strings.Contains(fault.HintOf(err), "SSL_CERT_FILE") || p.hosts() != "CONNECT example.com:443" {
		t.Errorf("an authority that is not trusted: %v, hint %q, asked %s; want one try", err, fault.HintOf(err), p.hosts())
	}
	wrong := strings.Replace(p.URL, "http://", "http://ann:wr0ngsecret@", 1)
	err = ask(map[string]string{"HTTPS_PROXY": wrong, "SSL_CERT_FILE": authority})
	if !strings.Contains(err.Error(), "Proxy Authentication Required") || !strings.Contains(fault.HintOf(err), "proxy") {
		t.Errorf("a wrong password: %v, hint %q", err, fault.HintOf(err))
	}
}

func TestNetworkSettings(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("not a certificate"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, env := range []map[string]string{
		{"HTTPS_PROXY": "ftp://ann:pr0xysecret@host"}, {"ALL_PROXY": "http://"}, {"KAGGLE_PROXY": "http://ann:pr0xysecret@ho st"},
		{"SSL_CERT_FILE": empty}, {"REQUESTS_CA_BUNDLE": empty + ".gone"}, {"CURL_CA_BUNDLE": t.TempDir()},
	} {
		_, err := kaggle.FindNetwork(func(k string) string { return env[k] }, "")
		if fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" || strings.Contains(err.Error(), "pr0xysecret") {
			t.Errorf("%v: %v", env, err)
		}
		for name := range env {
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%v does not name %s", err, name)
			}
		}
	}
	env := map[string]string{"HTTPS_PROXY": "corp:3128", "HTTP_PROXY": "socks5://corp:1080", "NO_PROXY": ".example.org, 10.0.0.0/8"}
	n, err := kaggle.FindNetwork(func(k string) string { return env[k] }, "")
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string][2]string{
		"https://api.kaggle.com/v1": {"http://corp:3128", "HTTPS_PROXY"}, "http://kaggle.example": {"socks5://corp:1080", "HTTP_PROXY"},
		"https://a.example.org": {}, "https://10.1.2.3": {}, "http://127.0.0.1:7788": {}, "http://localhost": {},
	} {
		if proxy, source := n.ProxyFor(target); [2]string{proxy, source} != want {
			t.Errorf("%s: %q from %q, want %q", target, proxy, source, want)
		}
	}
}

// TestZeroNetwork: without settings the way is direct, and this machine is
// reached.
func TestZeroNetwork(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count.Add(1)
		_, _ = io.WriteString(w, `{}`)
	}))
	defer srv.Close()
	c := newClient(t, srv.URL, kaggle.WithTransport(kaggle.Network{}.Transport()))
	if _, err := c.Competition(t.Context(), "titanic"); err != nil || count.Load() != 1 {
		t.Errorf("%v", err)
	}
}
