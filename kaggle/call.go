package kaggle

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// maxAnswer bounds an API answer in memory, maxErrorBody what is read of an error.
const (
	maxAnswer    = 64 << 20
	maxErrorBody = 64 << 10
)

// request is one API call: which method, about which competition, and whether
// it may be sent again after a failure.
type request struct {
	op          string // for people
	service     string // "" is the competition service
	method      string
	competition string
	in          any
	read        bool     // changes nothing on the server: may be repeated
	anonymous   bool     // sent without credentials: its message holds the proof
	secrets     []string // of the message, which an answer may quote
}

// call does an API call and decodes the answer into out.
func (c *Client) call(ctx context.Context, r request, out any) error {
	return c.retrying(ctx, r.op, r.read, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		resp, err := c.post(ctx, r)
		if err != nil {
			return err
		}
		defer resp.RawBody().Close()
		body, err := io.ReadAll(io.LimitReader(resp.RawBody(), maxAnswer+1))
		if err != nil {
			return c.netError(r.op, r.competition, err)
		}
		if len(body) > maxAnswer {
			return &Error{Op: r.op, Competition: r.competition, Reason: ErrUnreadable, Err: errors.New("answer over 64 MiB")}
		}
		if err := c.check(r, resp, body); err != nil {
			return err
		}
		if err := readAnswer(r, body, out); err != nil {
			return &Error{Op: r.op, Competition: r.competition, StatusCode: resp.StatusCode(), Reason: ErrUnreadable,
				Err: err, Hint: c.hint(ErrUnreadable, r.competition)}
		}
		return nil
	})
}

// exchange sends the call as encode has it and hands back the raw answer.
func (c *Client) exchange(ctx context.Context, r request, encode func(request) (message, error)) (*resty.Response, error) {
	m, err := encode(r)
	if err != nil {
		return nil, err
	}
	rejected := ""
	for {
		token, header, err := c.authorization(ctx, r, rejected)
		if err != nil {
			return nil, err
		}
		req := c.api.R().SetContext(ctx)
		if m.contentType != "" {
			req.SetHeader("Content-Type", m.contentType).SetBody(m.body)
		}
		if header != "" {
			req.SetHeader("Authorization", header)
		}
		resp, err := req.Execute(m.verb, m.url)
		if err != nil {
			return nil, c.netError(r.op, r.competition, err)
		}
		if resp.StatusCode() != http.StatusUnauthorized || token == "" || rejected != "" {
			return resp, nil
		}
		rejected = token // it ended before its time, or our clock is wrong: a new one, once
		resp.RawBody().Close()
	}
}

// authorization is the header of a call. Of a login it is made with a token
// that is good now and is not the rejected one; token is empty otherwise.
func (c *Client) authorization(ctx context.Context, r request, rejected string) (token, header string, err error) {
	switch {
	case r.anonymous:
		return "", "", nil
	case c.creds.login == nil:
		return "", c.creds.header(), nil
	}
	token, err = c.creds.login.token(ctx, c, rejected)
	return token, "Bearer " + token, err
}

// check turns an unsuccessful answer into an *Error. The old gateway may send
// an error with HTTP status 200: a top-level code of 400 and more.
func (c *Client) check(r request, resp *resty.Response, body []byte) error {
	status := resp.StatusCode()
	if status >= 200 && status < 300 {
		var flat struct {
			Code json.Number `json:"code"`
		}
		if !strings.Contains(resp.Header().Get("Content-Type"), "json") || json.Unmarshal(body, &flat) != nil {
			return nil // decoding says what is wrong with it
		}
		code, err := flat.Code.Int64()
		if err != nil || code < 400 || code > 599 {
			return nil
		}
		status = int(code)
	}
	e := c.statusError(r.op, r.competition, status, resp.Header(), body)
	e.Message = redact(e.Message, r.secrets)
	return e
}

// statusError makes the *Error of an answer with this status.
func (c *Client) statusError(op, competition string, status int, h http.Header, body []byte) *Error {
	said, _ := wire.ParseError(body)
	reason := classify(status, said.Message)
	e := &Error{
		Op: op, Competition: competition, StatusCode: status, Status: said.Status, Message: redact(said.Message, c.creds.secrets()),
		RequestID: requestID(h), RetryAfter: retryAfter(h, c.now()),
		Reason: reason, Hint: c.hint(reason, competition),
	}
	if reason == ErrRateLimited && e.RetryAfter > 0 {
		e.Hint = fmt.Sprintf("try again in %s, as the server asks", spell(max(e.RetryAfter, time.Second).Round(time.Second)))
	}
	return e
}

// requestID is what Kaggle's support would ask for, if the server names it and
// it looks like one.
func requestID(h http.Header) string {
	id := h.Get("X-Kaggle-RequestId")
	odd := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if len(id) > 64 || strings.ContainsFunc(id, odd) {
		return ""
	}
	return id
}

// netError makes the *Error of an exchange that broke below HTTP. Go's own
// text holds the whole URL, so only the cause inside is kept.
func (c *Client) netError(op, competition string, err error) error {
	if errors.Is(err, context.Canceled) {
		return &Error{Op: op, Competition: competition, Err: context.Canceled}
	}
	var in *url.Error
	for errors.As(err, &in) {
		err = in.Err
	}
	hint := c.hint(ErrNetwork, competition)
	if untrusted := new(tls.CertificateVerificationError); errors.As(err, &untrusted) {
		hint = "behind a proxy that opens TLS, set SSL_CERT_FILE to the file of its certificate"
	}
	if dial := new(net.OpError); c.local() && !(errors.As(err, &dial) && dial.Op == "dial") {
		hint = "try again" // there is a server
	}
	return &Error{Op: op, Competition: competition, Reason: ErrNetwork, Err: plainCause(err), Hint: hint}
}
