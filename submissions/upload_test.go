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
	sent []string
	err  error
}

func (c *counter) Upload(_ context.Context, competition, path, message string) (int64, error) {
	if c.err != nil {
		return 0, c.err
	}
	c.sent = append(c.sent, competition+" "+filepath.Base(path)+" "+message)
	return int64(len(c.sent)), nil
}

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
	if err != nil || first.Ref != 1 || first.Event != submissions.Sent {
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
