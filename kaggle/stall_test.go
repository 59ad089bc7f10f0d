package kaggle_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

func TestDownloadStallsAndCancels(t *testing.T) {
	t.Parallel()
	wrap, _ := storageFault(func(_ int, w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		w.Header().Set("Content-Length", strconv.Itoa(len(toy["data/train.csv"])))
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	})
	b := newBox(t, toy, wrap)
	silent := newClient(t, b.url, kaggle.WithTimeouts(time.Minute, 20*time.Millisecond), kaggle.WithRetry(kaggle.Retry{Attempts: 1}))
	_, err := silent.Download(t.Context(), "toy", "train.csv", filepath.Join(t.TempDir(), "a"), nil)
	if !errors.Is(err, kaggle.ErrNetwork) || !strings.Contains(err.Error(), "silent") {
		t.Errorf("stalled: got %v", err)
	}
	// Under HTTP/2, as on Kaggle, a request that was given up looks cancelled.
	modern := httptest.NewUnstartedServer(nil)
	modern.EnableHTTP2 = true
	modern.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Location", modern.URL+"/storage")
			w.WriteHeader(http.StatusFound)
			return
		}
		<-r.Context().Done()
	})
	modern.StartTLS()
	t.Cleanup(modern.Close)
	silent = newClient(t, modern.URL, kaggle.WithTransport(struct{ http.RoundTripper }{modern.Client().Transport}),
		kaggle.WithTimeouts(time.Minute, 20*time.Millisecond), kaggle.WithRetry(kaggle.Retry{Attempts: 1}))
	_, err = silent.Download(t.Context(), "toy", "train.csv", filepath.Join(t.TempDir(), "a"), nil)
	if !errors.Is(err, kaggle.ErrNetwork) || !strings.Contains(err.Error(), "silent") {
		t.Errorf("stalled under HTTP/2: got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = b.client.Download(ctx, "toy", "train.csv", filepath.Join(t.TempDir(), "a"), nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: got %v", err)
	}
}

// TestStorageConnections: the API is spoken to as the server likes, storage in
// HTTP/1.1, so that the ranges of a file have connections of their own.
func TestStorageConnections(t *testing.T) {
	t.Parallel()
	b := newBox(t, toy, nil)
	to, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	var api, storage atomic.Value
	modern := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			api.Store(r.Proto)
		case strings.HasPrefix(r.URL.Path, "/storage/"):
			storage.Store(r.Proto)
		}
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host
		}, ModifyResponse: func(a *http.Response) error {
			if at := a.Header.Get("Location"); at != "" {
				a.Header.Set("Location", strings.Replace(at, "http://", "https://", 1))
			}
			return nil
		}}).ServeHTTP(w, r)
	}))
	modern.EnableHTTP2 = true
	modern.StartTLS()
	t.Cleanup(modern.Close)
	c := newClient(t, modern.URL, kaggle.WithTransport(modern.Client().Transport))
	if _, err := c.Download(t.Context(), "toy", "train.csv", filepath.Join(t.TempDir(), "a"), nil); err != nil {
		t.Fatal(err)
	}
	if api.Load() != "HTTP/2.0" || storage.Load() != "HTTP/1.1" {
		t.Errorf("the API was spoken to in %v, storage in %v", api.Load(), storage.Load())
	}
}
