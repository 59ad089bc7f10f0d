package kaggle_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
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
	silent = newClient(t, modern.URL, kaggle.WithTransport(modern.Client().Transport),
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
