package sandbox_test

import (
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]sandbox.Fault{
		"storage cut=100000 at=1":   {On: "storage", Do: sandbox.FaultCut, Bytes: 100000, First: 1, Last: 1},
		"storage cut=-1":            {On: "storage", Do: sandbox.FaultCut, Bytes: -1},
		"storage flip=0 at=2-":      {On: "storage", Do: sandbox.FaultFlip, First: 2},
		"upload slow=50000 at=2-5":  {On: "upload", Do: sandbox.FaultSlow, Bytes: 50000, First: 2, Last: 5},
		"upload expired":            {On: "upload", Do: sandbox.FaultExpired},
		"any hang share=0.25":       {On: "any", Do: sandbox.FaultHang, Share: 0.25},
		"api 503 share=1 body=html": {On: "api", Do: sandbox.FaultStatus, Status: 503, Body: "html", Share: 1},
		"ListSubmissions 429 retry-after=0.5 message=Too many = wait": {
			On: "ListSubmissions", Do: sandbox.FaultStatus, Status: 429, RetryAfter: "0.5", Message: "Too many = wait",
		},
	} {
		got, err := sandbox.ParseFault(line)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", line, got, err, want)
		}
		if got.String() != line {
			t.Errorf("%s: written as %q", line, got)
		}
	}
	got, err := sandbox.ParseFault("CreateSubmission daily-limit")
	if err != nil || got.Status != 400 || !strings.Contains(got.Message, "daily Submission allowance (5)") {
		t.Errorf("daily limit: %+v, %v", got, err)
	}
}

func TestParseFaultRefuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                            "want where and what",
		"storage":                     "want where and what",
		"CreateSubmision 503":         `got "CreateSubmision"`,
		"storage burn":                `nothing is called "burn"`,
		"storage status":              `nothing is called "status"`,
		"storage 200":                 "want a status from 400 to 599, got 200",
		"storage cut":                 "want bytes, as in cut=1000",
		"storage cut=many":            `cut: want bytes, got "many"`,
		"storage hang=3":              "hang takes no value",
		"upload cut=-1":               "not known beforehand",
		"storage slow=0":              "want bytes a second",
		"api hash":                    "hash is of storage",
		"api expired":                 "expired is of storage or upload",
		"api 503 at=0":                "want a request's number from 1",
		"api 503 at=3-2":              "want numbers of requests",
		"api 503 share=2":             "share: want more than 0",
		"api 503 share=NaN":           "share: want more than 0",
		"api 503 body=pdf":            "want a body of",
		"api 503 colour=red":          `got "colour=red"`,
		"storage cut=5 retry-after=3": "retry-after goes with a status",
	} {
		_, err := sandbox.ParseFault(line)
		if err == nil || !strings.Contains(err.Error(), want) || fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
			t.Errorf("%q: %v (hint %q), want %q", line, err, fault.HintOf(err), want)
		}
	}
	if _, err := sandbox.ParseFault("CreateSubmision 503"); !strings.Contains(fault.HintOf(err), "did you mean CreateSubmission?") {
		t.Errorf("hint %q", fault.HintOf(err))
	}
	if _, err := sandbox.Open(t.TempDir(), sandbox.WithFaults(1, sandbox.Fault{On: "storage", Do: "burn"})); err == nil {
		t.Error("Open took a fault that is none")
	}
}

// FuzzParseFault: what is read is written so that it is read the same.
func FuzzParseFault(f *testing.F) {
	for _, line := range []string{
		"storage cut=-1 at=2-5", "api 429 retry-after=1 share=0.5 body=flat200 message=a b", "upload expired at=1-", "CreateSubmission daily-limit",
		"any 599 at=1-1 share=1e-9",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		one, err := sandbox.ParseFault(line)
		if err != nil {
			return
		}
		again, err := sandbox.ParseFault(one.String())
		if err != nil || again.String() != one.String() {
			t.Errorf("%q was read as %q, that as %q, %v", line, one, again, err)
		}
	})
}
