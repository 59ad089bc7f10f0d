package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bent is an answer on its way through a fault.
type bent struct {
	http.ResponseWriter
	r      *http.Request
	f      Fault
	headed bool
	at     int64 // byte of the body that comes next
	target int64 // byte that is cut at or flipped; -1: none
}

// bend gives the writer that does f to an answer.
func (f Fault) bend(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	switch f.Do {
	case FaultCut, FaultFlip, FaultSlow, FaultHash, FaultChanged:
		return &bent{ResponseWriter: w, r: r, f: f, target: -1}
	}
	return w
}

func (b *bent) WriteHeader(status int) {
	b.headed = true
	h := b.Header()
	switch b.f.Do {
	case FaultCut:
		if b.f.Bytes == 0 {
			panic(http.ErrAbortHandler) // not even a head
		}
	case FaultHash:
		if was := h.Get("X-Goog-Hash"); was != "" {
			h.Set("X-Goog-Hash", otherHash(was))
		}
	case FaultChanged:
		h.Del("X-Goog-Hash")
		if was := h.Get("ETag"); was != "" {
			h.Set("ETag", strings.TrimSuffix(was, `"`)+`-changed"`)
		}
	}
	b.ResponseWriter.WriteHeader(status)
}

// otherHash keeps the form of "crc32c=BASE64,md5=BASE64" and changes what it
// says.
func otherHash(was string) string {
	var all []string
	for one := range strings.SplitSeq(was, ",") {
		name, sum, _ := strings.Cut(one, "=")
		first := "A"
		if strings.HasPrefix(sum, "A") {
			first = "B"
		}
		all = append(all, name+"="+first+sum[1:])
	}
	return strings.Join(all, ",")
}

func (b *bent) Write(p []byte) (int, error) {
	if b.at == 0 {
		b.aim(len(p))
	}
	if !b.headed {
		b.WriteHeader(http.StatusOK)
	}
	b.at += int64(len(p))
	from := b.at - int64(len(p))
	switch b.f.Do {
	case FaultCut:
		if b.target < 0 || b.target >= b.at {
			break
		}
		_, _ = b.ResponseWriter.Write(p[:b.target-from])
		_ = http.NewResponseController(b.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	case FaultFlip:
		if from <= b.target && b.target < b.at {
			p = bytes.Clone(p)
			p[b.target-from] ^= 0x20
		}
	case FaultChanged:
		p = bytes.Clone(p)
		for i := range p {
			p[i] = ^p[i]
		}
	case FaultSlow:
		return trickle(b.ResponseWriter, p, b.f.Bytes, b.r)
	}
	return b.ResponseWriter.Write(p)
}

// aim finds the byte that a fault is about. Where the answer's length is not
// announced it is written at once.
func (b *bent) aim(first int) {
	b.target = b.f.Bytes
	if b.target >= 0 {
		return
	}
	total, err := strconv.ParseInt(b.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		total = int64(first)
	}
	b.target = max(0, total+b.target)
}

// trickle writes p at a rate of bytes a second, in twenty pieces a second.
func trickle(w http.ResponseWriter, p []byte, rate int64, r *http.Request) (n int, err error) {
	step := int(max(1, rate/20))
	for n < len(p) && err == nil {
		end := min(n+step, len(p))
		var m int
		m, err = w.Write(p[n:end])
		n += m
		_ = http.NewResponseController(w).Flush()
		if err == nil {
			err = pause(r, time.Duration(m)*time.Second/time.Duration(rate))
		}
	}
	return n, err
}

func pause(r *http.Request, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

// receive has next read an upload's body that is cut or slow. After a cut there
// is no answer; what came before it is kept.
func (f Fault) receive(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body := r.Body
	if f.Do == FaultSlow {
		r.Body = &slowBody{ReadCloser: body, rate: f.Bytes, r: r}
		next.ServeHTTP(w, r)
		return
	}
	r.Body = &cutBody{ReadCloser: body, left: f.Bytes}
	next.ServeHTTP(&unheard{head: http.Header{}}, r)
	panic(http.ErrAbortHandler)
}

// cutBody ends a body early, as a connection that breaks.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (c *cutBody) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.ReadCloser.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// slowBody reads at a rate of bytes a second.
type slowBody struct {
	io.ReadCloser
	rate int64
	r    *http.Request
}

func (s *slowBody) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p[:min(int64(len(p)), max(1, s.rate/20))])
	if err == nil {
		err = pause(s.r, time.Duration(n)*time.Second/time.Duration(s.rate))
	}
	return n, err
}

// unheard takes an answer that nobody gets.
type unheard struct{ head http.Header }

func (u *unheard) Header() http.Header         { return u.head }
func (u *unheard) Write(p []byte) (int, error) { return len(p), nil }
func (u *unheard) WriteHeader(int)             {}
