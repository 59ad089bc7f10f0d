package submissions_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// counter is a server that gives numbers.
type counter struct {
	sent   []string
	listed []submissions.Listed
	err    error
}

func (c *counter) Upload(_ context.Context, competition, path, message string) (submissions.Receipt, error) {
	if c.err != nil {
		return submissions.Receipt{}, c.err
	}
	c.sent = append(c.sent, competition+" "+filepath.Base(path)+" "+message)
	return submissions.Receipt{Ref: int64(len(c.sent)), Note: "late"}, nil
}

func (c *counter) Listed(context.Context, string) ([]submissions.Listed, error) { return c.listed, nil }

func request(t *testing.T, content string) submissions.Request {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return submissions.Request{Competition: "digits", Server: submissions.Kaggle, File: path, Message: "m", Time: at(0)}
}

func TestUploadOnce(t *testing.T) {
	t.Parallel()
	up, l, q := &counter{}, newLedger(t), request(t, "x")
	first, err := submissions.Upload(t.Context(), up, l, q)
	if err != nil || first.Ref != 1 || first.Event != submissions.Sent || first.Note != "late" {
		t.Fatalf("%+v, %v", first, err)
	}
	_, err = submissions.Upload(t.Context(), up, l, q)
	var sent *submissions.AlreadySentError
	if !errors.As(err, &sent) || sent.Record.Ref != 1 {
		t.Fatalf("second upload: %v", err)
	}
	if fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
		t.Errorf("kind %v, hint %q", fault.KindOf(err), fault.HintOf(err))
	}
	wantError(t, err, "the same file was sent to digits on 2026-03-01 10:00:00 as submission 1")

	elsewhere := q
	elsewhere.Server = submissions.Sandbox
	if _, err := submissions.Upload(t.Context(), up, l, elsewhere); err != nil {
		t.Errorf("the same file to another server: %v", err)
	}
	q.Force = true
	if r, err := submissions.Upload(t.Context(), up, l, q); err != nil || r.Ref != 3 {
		t.Errorf("forced: %+v, %v", r, err)
	}
	q.Force = false
	add(t, l, submissions.Record{Event: submissions.Scored, Time: at(1), Competition: "digits", Server: submissions.Kaggle, Ref: 3, Public: "0.98"})
	_, err = submissions.Upload(t.Context(), up, l, q)
	wantError(t, err, "as submission 3 and scored 0.98")
}

// TestUploadListed: what the server has of another machine, or of a process that
// was killed before it could write the ledger, is not sent again.
func TestUploadListed(t *testing.T) {
	t.Parallel()
	q := request(t, "four")
	earlier := submissions.Listed{Ref: 7, Time: at(0), File: "s.csv", Bytes: 4, Message: "m", Public: "0.5"}
	change := func(f func(*submissions.Listed)) submissions.Listed {
		l := earlier
		f(&l)
		return l
	}
	for name, c := range map[string]struct {
		listed submissions.Listed
		sent   bool
	}{
		"the same":        {earlier, false},
		"another name":    {change(func(l *submissions.Listed) { l.File = "t.csv" }), true},
		"another size":    {change(func(l *submissions.Listed) { l.Bytes = 5 }), true},
		"another message": {change(func(l *submissions.Listed) { l.Message = "n" }), true},
		"failed":          {change(func(l *submissions.Listed) { l.Failed = true }), true},
		"ours":            {change(func(l *submissions.Listed) { l.Ref = 3 }), true},
	} {
		up, l := &counter{listed: []submissions.Listed{c.listed}}, newLedger(t)
		add(t, l, submissions.Record{Event: submissions.Sent, Time: at(0), Competition: "digits", Server: submissions.Kaggle, Ref: 3, Digest: "other"})
		_, err := submissions.Upload(t.Context(), up, l, q)
		if (err == nil) != c.sent || (len(up.sent) == 1) != c.sent {
			t.Errorf("%s: %v, sent %v", name, err, up.sent)
		}
		if !c.sent {
			wantError(t, err, "a file of the same name, size and message was sent to digits on 2026-03-01 10:00:00 as submission 7 and scored 0.5")
			forced := q
			forced.Force = true
			if _, err := submissions.Upload(t.Context(), up, l, forced); err != nil {
				t.Errorf("forced: %v", err)
			}
		}
	}
}

func TestUploadAgainAfterFailure(t *testing.T) {
	t.Parallel()
	up, l, q := &counter{err: fault.New(fault.Network, "later", "cut")}, newLedger(t), request(t, "x")
	_, err := submissions.Upload(t.Context(), up, l, q)
	wantError(t, err, "upload ", "s.csv: cut")
	if fault.KindOf(err) != fault.Network {
		t.Errorf("kind %v", fault.KindOf(err))
	}
	up.err = nil
	if _, err := submissions.Upload(t.Context(), up, l, q); err != nil {
		t.Fatalf("after a failed upload: %v", err)
	}
	add(t, l, submissions.Record{Event: submissions.Scored, Time: at(1), Competition: "digits", Server: submissions.Kaggle, Ref: 1, Error: "bad"})
	if _, err := submissions.Upload(t.Context(), up, l, q); err != nil {
		t.Errorf("after the server could not score it: %v", err)
	}
}

func TestUploadRefusesForeignData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		server  string
		origins []string
		ok      bool
	}{
		{submissions.Kaggle, nil, true},
		{submissions.Kaggle, []string{"kaggle:digits", "kaggle"}, true},
		{submissions.Kaggle, []string{"kaggle:digits", "sandbox:digits"}, false},
		{submissions.Kaggle, []string{"mnist"}, false},
		{submissions.Kaggle, []string{"kaggles:x"}, false},
		{submissions.Sandbox, []string{"sandbox:digits", "mnist"}, true},
	} {
		up, l, q := &counter{}, newLedger(t), request(t, "x")
		q.Server, q.Origins, q.Force = c.server, c.origins, true // force does not help
		_, err := submissions.Upload(t.Context(), up, l, q)
		if (err == nil) != c.ok || (len(up.sent) == 1) != c.ok {
			t.Errorf("%s %v: %v, sent %v", c.server, c.origins, err, up.sent)
		}
		if !c.ok && (fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "") {
			t.Errorf("%s %v: kind %v, hint %q", c.server, c.origins, fault.KindOf(err), fault.HintOf(err))
		}
	}
}

// TestUploadRemembersOrigins: the caller of the second upload knows nothing,
// the ledger knows the bytes.
func TestUploadRemembersOrigins(t *testing.T) {
	t.Parallel()
	up, l, q := &counter{}, newLedger(t), request(t, "x")
	q.Server, q.Origins = submissions.Sandbox, []string{"sandbox:digits"}
	if _, err := submissions.Upload(t.Context(), up, l, q); err != nil {
		t.Fatal(err)
	}
	copied := request(t, "x")
	_, err := submissions.Upload(t.Context(), up, l, copied)
	wantError(t, err, "refused to send to Kaggle's digits", "descends from sandbox:digits")
	if got, err := l.Origins("none"); err != nil || got != nil {
		t.Errorf("origins of an unknown file: %v, %v", got, err)
	}
	other := request(t, "y")
	other.Origins = []string{"kaggle:digits"}
	r, err := submissions.Upload(t.Context(), up, l, other)
	if err != nil || !slices.Equal(r.Origins, other.Origins) {
		t.Errorf("another file: %+v, %v", r, err)
	}
}

func TestUploadBadRequest(t *testing.T) {
	t.Parallel()
	up, l, q := &counter{}, newLedger(t), request(t, "x")
	q.Server = "elsewhere"
	_, err := submissions.Upload(t.Context(), up, l, q)
	wantError(t, err, `unknown server "elsewhere"`)
	q = request(t, "x")
	q.File += "x"
	_, err = submissions.Upload(t.Context(), up, l, q)
	wantError(t, err, "upload: ", "s.csvx")
	if len(up.sent) != 0 {
		t.Errorf("sent %v", up.sent)
	}
}
