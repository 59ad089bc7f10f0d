package kaggle_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

func TestPing(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 7, 1, 12, 0, 0, 500_000_000, time.UTC)
	for name, c := range map[string]struct {
		date   string
		status int
		skew   time.Duration
		dated  bool
		want   error
	}{
		"right":     {"Wed, 01 Jul 2026 12:00:00 GMT", 404, 0, true, nil},
		"ahead":     {"Wed, 01 Jul 2026 13:00:00 GMT", 200, time.Hour, true, nil},
		"behind":    {"Wed, 01 Jul 2026 11:59:00 GMT", 401, -time.Minute, true, nil},
		"no date":   {"today", 200, 0, false, nil},
		"in wrecks": {"", 503, 0, false, kaggle.ErrServer},
	} {
		url, count := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Error("credentials were sent")
			}
			w.Header().Set("Date", c.date)
			w.WriteHeader(c.status)
		})
		p, err := newClient(t, url, kaggle.WithClock(func() time.Time { return now })).Ping(t.Context())
		if !errors.Is(err, c.want) || p.Skew != c.skew || p.Dated != c.dated || count.Load() != 1 {
			t.Errorf("%s: %+v, %v after %d calls", name, p, err, count.Load())
		}
	}
	if _, err := newClient(t, "http://127.0.0.1:1").Ping(t.Context()); !errors.Is(err, kaggle.ErrNetwork) {
		t.Errorf("nobody there: %v", err)
	}
}
