package sandbox

import (
	"net/http"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Fault is something that goes wrong on purpose, so that a client can be
// rehearsed: what happens (Do) to which requests (On, First, Last, Share).
// ParseFault reads one from a line.
type Fault struct {
	On    string    // an API method, as "CreateSubmission"; else "api" (every method), "storage", "upload" or "any"
	First int       // of the requests that On takes, counted from 1: the first that it may happen to; 0 is 1
	Last  int       // the last; 0 means no end
	Share float64   // of those, drawn from the seed of WithFaults; 0 means every one
	Do    FaultKind // what happens

	Bytes      int64  // FaultCut: after how many; FaultFlip: at which, from 0; negative counts from the end. FaultSlow: how many a second
	Status     int    // FaultStatus: of HTTP
	Body       string // FaultStatus: its shape, one of FaultBodies; "" is the shape usual there
	Message    string // FaultStatus: in the body; "" is what the status is called
	RetryAfter string // FaultStatus: the header, in seconds or as an HTTP date; "" sends none
}

// FaultKind is what happens.
type FaultKind string

// What can happen. An answer that is cut was made whole: a submission whose
// answer is cut at 0 is there.
const (
	FaultStatus  FaultKind = "status"   // an error of this status instead of an answer; nothing is done
	FaultCut     FaultKind = "cut"      // the connection ends in the body: the answer's, of an upload the request's
	FaultFlip    FaultKind = "flip"     // one byte of the answer is another
	FaultSlow    FaultKind = "slow"     // the body trickles: the answer's, of an upload the request's
	FaultHang    FaultKind = "hang"     // there is no answer until the client gives up
	FaultExpired FaultKind = "expired"  // a signed URL is too old (400), an upload session is gone for good (404)
	FaultHash    FaultKind = "hash"     // the checksum header is of other bytes
	FaultNoRange FaultKind = "no-range" // Range is ignored: the whole file with status 200
	FaultChanged FaultKind = "changed"  // the file is another one: every byte inverted (255-b), another ETag, no checksum
)

var faultKinds = []FaultKind{FaultStatus, FaultCut, FaultFlip, FaultSlow, FaultHang, FaultExpired, FaultHash, FaultNoRange, FaultChanged}

// FaultBodies are the shapes of an error's body: JSON of the new gateway and of
// the old one, the old one's under HTTP status 200, storage's XML, a front
// end's HTML, and none.
var FaultBodies = []string{"nested", "flat", "flat200", "xml", "html", "empty"}

// WithFaults has things go wrong. Faults of which several meet a request all
// happen to it, the first outermost. Shares are drawn from seed and the
// request's number, so that a run can be repeated.
func WithFaults(seed uint64, list ...Fault) Option {
	return func(s *Sandbox) { s.faults = &faults{seed: seed, list: list, seen: make([]int, len(list))} }
}

// check refuses faults that could never happen.
func (f *faults) check() error {
	if f == nil {
		return nil
	}
	for _, one := range f.list {
		if err := one.check(); err != nil {
			return err
		}
	}
	return nil
}

// classes are the words for On beside the API's methods.
var classes = []string{"any", "api", "storage", "upload"}

// check says what is wrong with a fault.
func (f Fault) check() error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Usage, "podium help faults", "fault %q: "+format, append([]any{f.String()}, args...)...)
	}
	onFile := f.Do == FaultHash || f.Do == FaultNoRange || f.Do == FaultChanged || f.Do == FaultFlip
	switch {
	case !slices.Contains(faultPlaces(), f.On):
		hint := "podium help faults"
		if near := nearest.Word(f.On, faultPlaces()); near != "" {
			hint = "did you mean " + near + "? see podium help faults"
		}
		return fault.New(fault.Usage, hint, "fault %q: want an API method, api, storage, upload or any, got %q", f.String(), f.On)
	case !slices.Contains(faultKinds, f.Do):
		return bad("nothing is called %q", f.Do)
	case f.First < 0 || f.Last < 0 || f.Last > 0 && f.Last < f.First:
		return bad("want requests counted from 1, got %d to %d", f.First, f.Last)
	case f.Share < 0 || f.Share > 1:
		return bad("want a share from 0 to 1, got %v", f.Share)
	case f.Do == FaultStatus && (f.Status < 400 || f.Status > 599):
		return bad("want a status from 400 to 599, got %d", f.Status)
	case f.Body != "" && !slices.Contains(FaultBodies, f.Body):
		return bad("want a body of %v, got %q", FaultBodies, f.Body)
	case f.Do == FaultSlow && f.Bytes <= 0:
		return bad("want bytes a second, got %d", f.Bytes)
	case f.Do == FaultCut && f.Bytes < 0 && f.On == "upload":
		return bad("the end of an upload's body is not known beforehand: want 0 or more")
	case onFile && f.On != "storage":
		return bad("%s is of storage", f.Do)
	case f.Do == FaultExpired && f.On != "storage" && f.On != "upload":
		return bad("%s is of storage or upload", f.Do)
	}
	return nil
}

// faultPlaces are the words for On.
func faultPlaces() []string {
	places := slices.Clone(classes)
	for _, op := range operations {
		places = append(places, op.Name)
	}
	slices.Sort(places)
	return places
}

// due counts the request to a place of a class and gives what is to happen.
func (f *faults) due(class, place string) []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var now []Fault
	for i, one := range f.list {
		if one.On != "any" && one.On != class && one.On != place {
			continue
		}
		f.seen[i]++
		n := f.seen[i]
		if n < one.First || one.Last > 0 && n > one.Last {
			continue
		}
		if one.Share == 0 || seed.Rand(f.seed, "fault", i, n).Float64() < one.Share {
			now = append(now, one)
		}
	}
	return now
}

// faulty puts what goes wrong before next.
func (s *Sandbox) faulty(next http.Handler) http.Handler {
	if s.faults == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := next
		class, place := placeOf(r)
		due := s.faults.due(class, place)
		for _, f := range slices.Backward(due) {
			h = s.inject(f, class, h)
		}
		if rec, ok := w.(*recorder); ok {
			for _, f := range due {
				rec.faults = append(rec.faults, f.String())
			}
		}
		h.ServeHTTP(w, r)
	})
}
