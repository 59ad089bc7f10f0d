package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// ParseFault reads a fault from words: where, what, and then options.
//
//	storage cut=100000 at=1
//	CreateSubmission 429 retry-after=2 at=1-3
//	api 503 share=0.2 body=html
//	upload slow=50000
//	CreateSubmission daily-limit
//
// What is a status from 400 to 599, a FaultKind (cut, flip and slow with
// bytes), or daily-limit. Options are at=N, at=N-M and at=N- (the default is
// 1-), share=P, retry-after=SECONDS, body=SHAPE, and message=WORDS, which takes
// the rest of the line.
func ParseFault(line string) (Fault, error) {
	head, message, _ := strings.Cut(line, " message=")
	words := strings.Fields(head)
	if len(words) < 2 {
		return Fault{}, fault.New(fault.Usage, "podium help faults", `fault %q: want where and what, as in "storage cut=100000"`, line)
	}
	f := Fault{On: words[0], Message: strings.TrimSpace(message)}
	err := f.what(words[1])
	for _, word := range words[2:] {
		if err == nil {
			err = f.option(word)
		}
	}
	if err != nil {
		return Fault{}, fault.New(fault.Usage, "podium help faults", "fault %q: %v", line, err)
	}
	return f, f.check()
}

func (f *Fault) what(word string) error {
	if n, err := strconv.Atoi(word); err == nil {
		f.Do, f.Status = FaultStatus, n
		return nil
	}
	kind, bytes, given := strings.Cut(word, "=")
	f.Do = FaultKind(kind)
	if kind == "daily-limit" && !given {
		f.Do, f.Status = FaultStatus, http.StatusBadRequest
		if f.Message == "" {
			f.Message = dailyLimitText(5, 7)
		}
		return nil
	}
	if counts := f.Do == FaultCut || f.Do == FaultFlip || f.Do == FaultSlow; counts != given {
		if counts {
			return fmt.Errorf("want bytes, as in %s=1000", kind)
		}
		return fmt.Errorf("%s takes no value", kind)
	}
	var err error
	if given {
		if f.Bytes, err = strconv.ParseInt(bytes, 10, 64); err != nil {
			return fmt.Errorf("%s: want bytes, got %q", kind, bytes)
		}
	}
	if f.Do == FaultStatus || !slices.Contains(faultKinds, f.Do) {
		return fmt.Errorf("nothing is called %q", word)
	}
	return nil
}

func (f *Fault) option(word string) (err error) {
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "at":
		first, last, open := strings.Cut(value, "-")
		if f.First, err = strconv.Atoi(first); err != nil || f.First < 1 {
			return fmt.Errorf("at: want a request's number from 1, as 3, 3-5 or 3-, got %q", value)
		}
		if !open {
			f.Last = f.First
		} else if last != "" {
			if f.Last, err = strconv.Atoi(last); err != nil || f.Last < f.First {
				return fmt.Errorf("at: want numbers of requests, as 3-5, got %q", value)
			}
		}
	case "share":
		if f.Share, err = strconv.ParseFloat(value, 64); err != nil || !(f.Share > 0 && f.Share <= 1) {
			return fmt.Errorf("share: want more than 0 and at most 1, got %q", value)
		}
	case "retry-after":
		f.RetryAfter = value
	case "body":
		f.Body = value
	default:
		return fmt.Errorf("want at=, share=, retry-after=, body= or message=, got %q", word)
	}
	if f.Do != FaultStatus && (f.RetryAfter != "" || f.Body != "") {
		return fmt.Errorf("%s goes with a status", key)
	}
	return nil
}

// String is the line that ParseFault reads.
func (f Fault) String() string {
	what := string(f.Do)
	switch f.Do {
	case FaultStatus:
		what = strconv.Itoa(f.Status)
	case FaultCut, FaultFlip, FaultSlow:
		what += "=" + strconv.FormatInt(f.Bytes, 10)
	}
	words := []string{f.On, what}
	first := strconv.Itoa(max(1, f.First))
	switch {
	case f.Last > 0 && f.Last == max(1, f.First):
		words = append(words, "at="+first)
	case f.Last > 0:
		words = append(words, fmt.Sprintf("at=%s-%d", first, f.Last))
	case f.First > 1:
		words = append(words, "at="+first+"-")
	}
	if f.Share != 0 {
		words = append(words, "share="+strconv.FormatFloat(f.Share, 'g', -1, 64))
	}
	for _, o := range [][2]string{{"retry-after", f.RetryAfter}, {"body", f.Body}, {"message", f.Message}} {
		if o[1] != "" {
			words = append(words, o[0]+"="+o[1])
		}
	}
	return strings.Join(words, " ")
}
