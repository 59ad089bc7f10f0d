package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

func FuzzParseError(f *testing.F) {
	for _, s := range []string{
		`{"error":{"code":429,"message":"Too many requests","status":"RESOURCE_EXHAUSTED"}}`,
		`{"code":401,"message":"Unauthorized"}`, `{"code":"404","message":null}`, `{"error":"words"}`, `{"error":{"code":[],"message":{}}}`,
		"<Error><Code>A</Code><Message>b</Message></Error>", "<html><TITLE>x</title>", "<title>", "plain \x1b[0m", "", "[", "\xff\xfe", "<İtitle>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, ok := wire.ParseError(body)
		for _, s := range []string{e.Message, e.Status} {
			if !utf8.ValidString(s) || len(s) > 600 || strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
				t.Errorf("text is not fit to print: %q", s)
			}
		}
		if ok == (e == wire.ErrorBody{}) {
			t.Errorf("ok is %v for %+v", ok, e)
		}
		if e.Code < 0 || e.Code > 999 {
			t.Errorf("code %d", e.Code)
		}
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 7, 1, 12, 34, 56, 789_000_000, time.UTC)
	for text, at := range map[string]time.Time{
		`"2026-07-01T12:34:56.789Z"`: want, `"2026-07-01T12:34:56.7890000Z"`: want, `"2026-07-01T14:34:56.789+02:00"`: want,
		`"2026-07-01T12:34:56.789"`: want, `"2026-07-01 12:34:56.789"`: want, `"2026-07-01"`: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		`null`: {}, `""`: {},
	} {
		var got wire.Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(at) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{`"yesterday"`, `7`, `{}`} {
		var got wire.Time
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: read as %v", text, got)
		}
	}
	b, err := json.Marshal(wire.Time{Time: want})
	if err != nil || string(b) != `"2026-07-01T12:34:56.789Z"` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Status{
		`"COMPLETE"`: wire.Complete, `"complete"`: wire.Complete, `"SUBMISSION_STATUS_ERROR"`: wire.Failed, `"Pending"`: wire.Pending, `null`: wire.Pending, `""`: wire.Pending,
	} {
		var got wire.Status
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	var got wire.Status
	if err := json.Unmarshal([]byte(`"SCORING"`), &got); err == nil {
		t.Error("an unknown state was read")
	}
}

// TestRequestsAsTheOfficialClientSends: defaults are left out, one token or an
// array of one is read.
func TestRequestsAsTheOfficialClientSends(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(wire.ListDataFilesRequest{CompetitionName: "titanic", PageSize: 200})
	if err != nil || string(b) != `{"competitionName":"titanic","pageSize":200}` {
		t.Errorf("%s, %v", b, err)
	}
	for _, text := range []string{`{"blobFileTokens":"CfDJ"}`, `{"blobFileTokens":["CfDJ"]}`} {
		var in wire.CreateSubmissionRequest
		if err := json.Unmarshal([]byte(text), &in); err != nil || in.BlobFileTokens != "CfDJ" {
			t.Errorf("%s: %+v, %v", text, in, err)
		}
	}
	var in wire.CreateSubmissionRequest
	if err := json.Unmarshal([]byte(`{"blobFileTokens":["a","b"]}`), &in); err == nil {
		t.Error("two tokens were read as one")
	}
	b, err = json.Marshal(wire.Competition{})
	if err != nil || string(b) != `{"tags":null}` { // the sandbox always sets tags
		t.Errorf("%s, %v", b, err)
	}
}
