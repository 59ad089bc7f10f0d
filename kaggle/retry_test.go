package kaggle_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

// TestRetryAfterDate: a date counts by the server's clock, whatever ours shows.
func TestRetryAfterDate(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]time.Duration{
		"Thu, 01 Jan 2026 00:00:20 GMT": 20 * time.Second, "Wed, 31 Dec 2025 23:00:00 GMT": 0, "soon": 0, "-3": 0, "1e300": 0, "2.5": 2500 * time.Millisecond,
	} {
		url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
			w.Header().Set("Retry-After", date)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := newClient(t, url, kaggle.WithRetry(kaggle.Retry{Attempts: 1})).Submission(t.Context(), 1)
		var e *kaggle.Error
		if !errors.As(err, &e) || e.RetryAfter != want {
			t.Errorf("Retry-After %s: %v, want %v", date, err, want)
		}
	}
}

// TestRateLimitIsShared: after one call was told to slow down no other goes out
// before that time is over.
func TestRateLimitIsShared(t *testing.T) {
	t.Parallel()
	const asked = 150 * time.Millisecond
	var first atomic.Bool
	var mu sync.Mutex
	var told time.Time
	limited := make(chan struct{})
	url, count := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if first.CompareAndSwap(false, true) {
			told = time.Now()
			w.Header().Set("Retry-After", "0.15")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		if since := time.Since(told); since < asked {
			t.Errorf("a call came %v after the limit, want at least %v", since, asked)
		}
		_, _ = w.Write([]byte(`{"ref":7}`))
	})
	var once sync.Once
	c := newClient(t, url, kaggle.WithRetryNotice(func(kaggle.RetryNotice) { once.Do(func() { close(limited) }) }))
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.Submission(t.Context(), 7); err != nil {
			t.Error(err)
		}
	})
	<-limited
	for range 8 {
		wg.Go(func() {
			if _, err := c.Submission(t.Context(), 7); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if count.Load() != 10 {
		t.Errorf("%d requests, want 10", count.Load())
	}
}

// TestRetryNotice: each wait is told with its cause, and a wait that none
// follows is not.
func TestRetryNotice(t *testing.T) {
	t.Parallel()
	url, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	var got []kaggle.RetryNotice
	_, err := newClient(t, url, kaggle.WithRetryNotice(func(n kaggle.RetryNotice) { got = append(got, n) })).Submission(t.Context(), 1)
	if !errors.Is(err, kaggle.ErrServer) || len(got) != quick.Attempts-1 {
		t.Fatalf("%v after %d notices", err, len(got))
	}
	for i, n := range got {
		if n.Try != i+2 || n.Of != quick.Attempts || n.Pause <= 0 || !errors.Is(n.Err, kaggle.ErrServer) {
			t.Errorf("notice %d: %+v", i, n)
		}
	}
}

// silence is a transport whose server never answers.
type silence struct{ asked atomic.Int64 }

func (s *silence) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked.Add(1)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestTimeout: a server that does not answer is no wait for ever, and is said to
// be silent.
func TestTimeout(t *testing.T) {
	t.Parallel()
	server := &silence{}
	c := newClient(t, "http://127.0.0.1:1", kaggle.WithTransport(server), kaggle.WithTimeouts(20*time.Millisecond, time.Minute),
		kaggle.WithRetry(kaggle.Retry{Attempts: 2, Base: time.Millisecond}))
	_, err := c.Submission(t.Context(), 1)
	if !errors.Is(err, kaggle.ErrNetwork) || !strings.HasSuffix(err.Error(), ": no answer in time") || server.asked.Load() != 2 {
		t.Errorf("%v after %d calls", err, server.asked.Load())
	}
}
