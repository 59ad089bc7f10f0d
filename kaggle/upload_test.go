package kaggle_test

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
)

// resumable is a storage host of one's own making, in front of a sandbox that
// gets the file only when it is whole: Google's protocol with a fault for each
// exchange.
type resumable struct {
	next   http.Handler
	fault  func(exchange int) fate // counted from 1 over all sessions
	mu     sync.Mutex
	n      int // exchanges so far
	held   map[string][]byte
	bad    []string // what a client must not send
	begun  int
	hash   bool // tell the hash of what is held, and of something else where it is to be wrong
	forget bool // 308 without Range
}

// fate is what becomes of an exchange.
type fate struct {
	take   int  // bytes of the body that are kept; -1 all
	status int  // 0: as the protocol has it
	cut    bool // no answer
	wrong  bool // the hash of something else
	span   string
}

var fine = fate{take: -1}

func (s *resumable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/StartSubmissionUpload") {
		s.mu.Lock()
		s.begun++
		s.mu.Unlock()
	}
	if r.Method != http.MethodPut {
		s.next.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	f := s.fault(s.n)
	if r.Header.Get("Authorization") != "" {
		s.bad = append(s.bad, "credentials were sent to storage")
	}
	id := r.URL.Path
	total := s.store(r, id, f)
	switch {
	case f.cut:
		panic(http.ErrAbortHandler)
	case f.status != 0:
		if f.span != "" {
			w.Header().Set("Range", f.span)
		}
		w.WriteHeader(f.status)
	case len(s.held[id]) == total:
		if s.hash {
			sum := md5.Sum(s.held[id])
			if f.wrong {
				sum[0]++
			}
			w.Header().Set("X-Goog-Hash", "md5="+base64.StdEncoding.EncodeToString(sum[:]))
		}
		s.deliver(r.URL, s.held[id])
		w.WriteHeader(http.StatusCreated)
	default:
		if n := len(s.held[id]); n > 0 && !s.forget {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", n-1))
		}
		w.WriteHeader(http.StatusPermanentRedirect)
	}
}

// store keeps of a body what the fate lets through, and gives the file's size.
func (s *resumable) store(r *http.Request, id string, f fate) (total int) {
	from, total := 0, int(r.ContentLength)
	if span, ok := strings.CutPrefix(r.Header.Get("Content-Range"), "bytes "); ok {
		part, size, _ := strings.Cut(span, "/")
		total, _ = strconv.Atoi(size)
		first, last, _ := strings.Cut(part, "-")
		from, _ = strconv.Atoi(first)
		if end, _ := strconv.Atoi(last); part != "*" && int64(end-from+1) != r.ContentLength || part == "*" && r.ContentLength != 0 {
			s.bad = append(s.bad, fmt.Sprintf("%s with %d bytes", span, r.ContentLength))
		}
	}
	body := io.Reader(r.Body)
	if f.take >= 0 {
		body = io.LimitReader(r.Body, int64(f.take))
	}
	b, _ := io.ReadAll(body)
	if held := len(s.held[id]); from > held {
		s.bad = append(s.bad, fmt.Sprintf("a gap: from %d, held %d", from, held))
	} else if s.forget {
		s.held[id] = b
	} else if from+len(b) > held { // what is held stays
		s.held[id] = append(s.held[id][:from:from], b...)
	}
	return total
}

// deliver gives the whole file to the sandbox's session of that address.
func (s *resumable) deliver(u *url.URL, b []byte) {
	r, err := http.NewRequest(http.MethodPut, u.Path, strings.NewReader(string(b)))
	if err == nil {
		r.URL = u
		s.next.ServeHTTP(&discard{header: http.Header{}}, r)
	}
}

// uploads a submission of 3,000 bytes through the faults.
func uploadThrough(t *testing.T, s *resumable) (got string, err error) {
	t.Helper()
	b := newBox(t, toy, func(next http.Handler) http.Handler {
		s.next, s.held = next, map[string][]byte{}
		return s
	})
	res, err := b.client.Submit(t.Context(), "toy", submissionFile(t, long), "")
	for _, what := range s.bad {
		t.Error(what)
	}
	all, listErr := b.client.Submissions(t.Context(), "toy")
	if listErr != nil || (len(all) == 1) != (err == nil) {
		t.Errorf("%d submissions after %v (%v)", len(all), err, listErr)
	}
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(b.dir, "toy", "submissions", fmt.Sprintf("%d.csv", res.Ref)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

var long = right + strings.Repeat("#", 3000-len(right)) // the sandbox takes any bytes, and fails to score these

// TestUploadFaults: an upload goes on after faults, or says why it cannot.
func TestUploadFaults(t *testing.T) {
	t.Parallel()
	size := len(long)
	first := func(fates ...fate) func(int) fate { // then all is fine
		return func(n int) fate {
			if n <= len(fates) {
				return fates[n-1]
			}
			return fine
		}
	}
	always := func(f fate) func(int) fate { return func(int) fate { return f } }
	for name, c := range map[string]struct {
		fault     func(int) fate
		forget    bool
		hash      bool
		exchanges int // as few as can do it
		sessions  int
		want      error
		says      string
	}{
		"nothing":                            {fault: always(fine), exchanges: 1},
		"cut at the first byte":              {fault: first(fate{take: 0, cut: true}), exchanges: 3},
		"cut after one byte":                 {fault: first(fate{take: 1, cut: true}), exchanges: 3},
		"cut in the middle":                  {fault: first(fate{take: size / 2, cut: true}), exchanges: 3},
		"cut before the last byte":           {fault: first(fate{take: size - 1, cut: true}), exchanges: 3},
		"cut after the last byte":            {fault: first(fate{take: -1, cut: true}), exchanges: 2},
		"cut again and again":                {fault: first(fate{take: 1000, cut: true}, fine, fate{take: 1, cut: true}, fate{cut: true}, fine, fate{take: 5, cut: true}), exchanges: 8},
		"308 with a range":                   {fault: first(fate{take: 700}), exchanges: 2},
		"308 without a range":                {fault: first(fate{take: 700}), forget: true, exchanges: 2},
		"308 though all is there":            {fault: first(fate{take: -1, status: 308, span: fmt.Sprintf("bytes=0-%d", size-1)}), exchanges: 2},
		"308 with a range that is none":      {fault: first(fate{take: 700, status: 308, span: "bytes 0-699"}), exchanges: 2},
		"308 with less than before":          {fault: first(fate{take: 700}, fate{take: 0, status: 308, span: "bytes=0-99"}), exchanges: 3},
		"503":                                {fault: first(fate{take: 0, status: 503}), exchanges: 3},
		"503 in the middle, and when asked":  {fault: first(fate{take: 9, status: 503}, fate{status: 503}, fate{status: 503}), exchanges: 5},
		"429":                                {fault: first(fate{status: 429}), exchanges: 3},
		"session gone at once":               {fault: first(fate{status: 404}), exchanges: 2, sessions: 2},
		"session gone when asked":            {fault: first(fate{take: 9, cut: true}, fate{status: 410}), exchanges: 3, sessions: 2},
		"session refused":                    {fault: first(fate{take: 9}, fate{status: 403}), exchanges: 3, sessions: 2},
		"the hash agrees":                    {fault: always(fine), hash: true, exchanges: 1},
		"the hash differs once":              {fault: first(fate{take: -1, wrong: true}), hash: true, exchanges: 2, sessions: 2},
		"the hash always differs":            {fault: always(fate{take: -1, wrong: true}), hash: true, exchanges: 2, sessions: 2, want: kaggle.ErrServer, says: "md5: want"},
		"503 for ever":                       {fault: always(fate{status: 503}), exchanges: 4, want: kaggle.ErrServer},
		"308 for ever":                       {fault: always(fate{status: 308}), exchanges: 4, want: kaggle.ErrServer, says: "stuck at byte 0"},
		"cut for ever":                       {fault: always(fate{cut: true}), exchanges: 4, want: kaggle.ErrNetwork},
		"gone for ever":                      {fault: always(fate{status: 404}), exchanges: 2, sessions: 2, want: kaggle.ErrServer, says: "upload session is of no use"},
		"refused":                            {fault: always(fate{status: 400}), exchanges: 1, want: kaggle.ErrRefused},
		"308 with more than there is":        {fault: always(fate{status: 308, span: "bytes=0-999999999999"}), exchanges: 1, want: kaggle.ErrUnreadable, says: "holds 1000000000000 of 3000 bytes"},
		"308 for all, and never more":        {fault: always(fate{status: 308, span: fmt.Sprintf("bytes=0-%d", size-1)}), exchanges: 4, want: kaggle.ErrServer},
		"redirect, which nobody announced":   {fault: always(fate{status: 307}), exchanges: 1, want: kaggle.ErrRefused},
		"a disk that is full at the storage": {fault: always(fate{status: 507}), exchanges: 1, want: kaggle.ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &resumable{fault: c.fault, forget: c.forget, hash: c.hash}
			got, err := uploadThrough(t, s)
			switch {
			case c.want != nil:
				if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %v: %s", err, c.want, c.says)
				}
			case err != nil:
				t.Error(err)
			case got != long:
				t.Errorf("%d bytes arrived that differ from the %d sent", len(got), len(long))
			}
			if s.n != c.exchanges || s.begun != max(1, c.sessions) {
				t.Errorf("%d exchanges in %d sessions, want %d in %d", s.n, s.begun, c.exchanges, max(1, c.sessions))
			}
		})
	}
}

// TestUploadFaultsAtRandom: whatever mix of faults, the right bytes or an error.
func TestUploadFaultsAtRandom(t *testing.T) {
	t.Parallel()
	arrived := 0
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		got, err := uploadThrough(t, &resumable{forget: seed%7 == 0, fault: func(int) fate {
			f := fate{take: []int{-1, -1, 0, 1, len(long) - 1, r.IntN(len(long))}[r.IntN(6)]}
			switch r.IntN(8) {
			case 0, 1:
				f.cut = true
			case 2:
				f.status = []int{503, 500, 404, 429}[r.IntN(4)]
			}
			return f
		}})
		switch {
		case err == nil && got != long:
			t.Errorf("seed %d: %d bytes arrived that differ from the %d sent", seed, len(got), len(long))
		case err == nil:
			arrived++
		case fault.KindOf(err) != fault.Network:
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	if arrived < 15 {
		t.Errorf("only %d of 30 uploads arrived", arrived)
	}
}

// TestFileChanges: a file that somebody writes to while it is sent becomes no
// submission.
func TestFileChanges(t *testing.T) {
	t.Parallel()
	for _, when := range []int{1, 2} {
		path := submissionFile(t, long)
		s := &resumable{}
		s.fault = func(n int) fate {
			if n != when {
				return fate{take: 100}
			}
			if err := os.WriteFile(path, []byte(long+"more"), 0o644); err != nil {
				t.Error(err)
			}
			if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
				t.Error(err)
			}
			return fine
		}
		b := newBox(t, toy, func(next http.Handler) http.Handler {
			s.next, s.held = next, map[string][]byte{}
			return s
		})
		_, err := b.client.Submit(t.Context(), "toy", path, "")
		all, listErr := b.client.Submissions(t.Context(), "toy")
		if err == nil || !strings.Contains(err.Error(), "changed while it was sent") || listErr != nil || len(all) != 0 {
			t.Errorf("%v, %d submissions, %v", err, len(all), listErr)
		}
	}
}
