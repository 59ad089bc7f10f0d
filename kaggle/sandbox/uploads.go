package sandbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

const (
	maxUpload   = 512 << 20 // the largest submission, in bytes
	sessionLife = time.Hour
	maxSessions = 1000 // of one user at once
)

// session is one resumable upload: Google storage's protocol.
type session struct {
	mu     sync.Mutex
	id     string
	token  string
	comp   string
	user   string
	file   string // name that the client gave
	path   string
	size   int64
	stored int64
	made   time.Time
	used   bool // became a submission
}

// uploads are the sessions of this process. They end with it: a client finds
// its session gone (404) and starts anew, which harms nothing, because only
// CreateSubmission makes a submission.
type uploads struct {
	mu      sync.Mutex
	dir     string
	now     func() time.Time
	byID    map[string]*session
	byToken map[string]*session
	byUser  map[string][]*session // oldest first
}

func (u *uploads) open(dir string, now func() time.Time) {
	u.dir, u.now = dir, now
	u.byID, u.byToken, u.byUser = map[string]*session{}, map[string]*session{}, map[string][]*session{}
	sweep(dir, "")
}

// sweep removes what processes that were killed left in dir under names that
// begin with prefix.
func sweep(dir, prefix string) {
	entries, _ := os.ReadDir(dir) // no folder, nothing to sweep
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), prefix) && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(dir, e.Name())) // litter, not data
		}
	}
}

// begin makes a session. Of its user's others those that are too old end, and
// the oldest if there are too many: a file that was sent and never became a
// submission, as where the day's limit was reached, is not kept for ever.
func (u *uploads) begin(comp, user string, in wire.StartSubmissionUploadRequest) (*session, error) {
	if err := os.MkdirAll(u.dir, 0o755); err != nil {
		return nil, err
	}
	s := &session{id: rand.Text(), token: rand.Text(), comp: comp, user: user, file: in.FileName, size: in.ContentLength, made: u.now()}
	s.path = filepath.Join(u.dir, s.id)
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for mine := u.byUser[user]; len(mine) >= maxSessions || len(mine) > 0 && u.now().Sub(mine[0].made) > sessionLife; mine = u.byUser[user] {
		u.drop(mine[0])
	}
	u.byID[s.id], u.byToken[s.token], u.byUser[user] = s, s, append(u.byUser[user], s)
	return s, f.Close()
}

// drop ends a session; u.mu is held.
func (u *uploads) drop(s *session) {
	delete(u.byID, s.id)
	delete(u.byToken, s.token)
	u.byUser[s.user] = slices.DeleteFunc(u.byUser[s.user], func(o *session) bool { return o == s })
	_ = os.Remove(s.path) // moved away if it became a submission
}

func (u *uploads) get(id string) *session {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.byID[id]
}

func (u *uploads) take(token string) *session {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.byToken[token]
}

func (u *uploads) end(s *session) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.drop(s)
}

// upload plays the storage host for PUT. The session's URL is the only proof
// of a right to write.
func (s *Sandbox) upload(w http.ResponseWriter, r *http.Request) {
	ses := s.uploads.get(r.PathValue("id"))
	if ses == nil {
		writeXML(w, http.StatusNotFound, "NoSuchUpload", "The upload session does not exist or has expired.")
		return
	}
	ses.mu.Lock()
	defer ses.mu.Unlock()
	brings, err := parseSpan(r.Header.Get("Content-Range"), ses.size)
	if err != nil {
		writeXML(w, http.StatusBadRequest, "InvalidArgument", err.Error())
		return
	}
	if !brings.query && brings.from == ses.stored {
		err := ses.store(r.Body, brings.to)
		var disk *fs.PathError
		switch {
		case errors.As(err, &disk): // no chunk that is sent again would fare better
			writeXML(w, http.StatusInsufficientStorage, "InternalError", err.Error())
			return
		case err != nil:
			writeXML(w, http.StatusBadRequest, "InvalidArgument", err.Error())
			return
		}
	}
	if ses.stored == ses.size {
		writeJSON(w, http.StatusOK, []byte("{}"), nil)
		return
	}
	if ses.stored > 0 {
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", ses.stored-1))
	}
	w.WriteHeader(http.StatusPermanentRedirect)
}

// span is what a request says of the bytes that it brings.
type span struct {
	from, to int64 // first, and behind the last
	query    bool  // it brings none and asks how many there are
}

// parseSpan reads Content-Range for a file of size bytes: none is the whole
// file, "bytes */N" only asks.
func parseSpan(header string, size int64) (span, error) {
	if header == "" {
		return span{0, size, false}, nil
	}
	rest, ok := strings.CutPrefix(header, "bytes ")
	part, total, slash := strings.Cut(rest, "/")
	if n, err := strconv.ParseInt(total, 10, 64); !ok || !slash || err != nil || n != size {
		return span{}, fmt.Errorf("Content-Range %.60q: want the announced size %d", header, size)
	}
	if part == "*" {
		return span{query: true}, nil
	}
	first, last, _ := strings.Cut(part, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	if err1 != nil || err2 != nil || from < 0 || from > to || to >= size {
		return span{}, fmt.Errorf("Content-Range %.60q: want bytes FIRST-LAST/%d", header, size)
	}
	return span{from, to + 1, false}, nil
}

// store appends a body that ends at byte to. What came before a cut stays. When
// all is there it is made durable. A *fs.PathError is the disk's.
func (s *session) store(body io.Reader, to int64) error {
	if s.used {
		return errors.New("the session is closed")
	}
	f, err := os.OpenFile(s.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	w := io.NewOffsetWriter(f, s.stored)
	n, err := io.Copy(w, io.LimitReader(body, to-s.stored+1))
	if s.stored+n > to {
		return fmt.Errorf("body is longer than the %d bytes that were announced", to-s.stored)
	}
	s.stored += n
	if disk := new(fs.PathError); errors.As(err, &disk) {
		return err
	}
	if s.stored < s.size {
		return nil // any other err is a cut connection; the client asks how far it came
	}
	return f.Sync()
}
