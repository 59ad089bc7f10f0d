package kaggle

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/go-resty/resty/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// dialect is what is known of how the server wants to be asked. Kaggle speaks
// RPC now; servers made for its older clients speak REST only.
type dialect struct{ known atomic.Int32 }

const (
	rpcDialect  = 1
	restDialect = 2
)

// learn keeps the first dialect that was answered. What a server does not know
// after that is one method, not the dialect.
func (d *dialect) learn(which int32) { d.known.CompareAndSwap(0, which) }

// post sends the call and hands back the raw answer, whose body is the
// caller's to close. The call goes by RPC and, if the server does not know such
// a path, by REST. What may have been taken is not sent again: a path that is
// not there has taken nothing.
func (c *Client) post(ctx context.Context, r request) (*resty.Response, error) {
	method, _ := wire.MethodNamed(r.serviceName(), r.method)
	if c.dialect.known.Load() == restDialect && method.Verb != "" {
		return c.exchange(ctx, r, c.restMessage)
	}
	resp, err := c.exchange(ctx, r, c.rpcMessage)
	if err != nil {
		return nil, err
	}
	sort := sortOf(resp)
	switch {
	case sort == fromAPI:
		c.dialect.learn(rpcDialect)
		return resp, nil
	case method.Verb == "", sort == fromElsewhere, sort == noAPI && !r.read:
		return resp, nil
	}
	other, err := c.exchange(ctx, r, c.restMessage)
	if err != nil {
		resp.RawBody().Close()
		return nil, err
	}
	if sortOf(other) != fromAPI { // a server of neither: its first word says as much
		other.RawBody().Close()
		return resp, nil
	}
	c.dialect.learn(restDialect)
	resp.RawBody().Close()
	return other, nil
}

// Sorts of answers.
const (
	fromAPI       = iota // the API's own: it knows the path
	noPath               // the path is not there; nothing was done
	noAPI                // a page for people that stands for any path
	fromElsewhere        // somebody on the way, or the API without a word: says nothing about the path
)

// sortOf looks at an answer and leaves its body to be read.
func sortOf(resp *resty.Response) int {
	status := resp.StatusCode()
	html := strings.HasPrefix(resp.Header().Get("Content-Type"), "text/html")
	switch {
	case status < 300 && html:
		return noAPI
	case status < 400:
		return fromAPI
	}
	body := readSome(resp.RawBody())
	resp.RawBody().Close()
	resp.RawResponse.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case wire.IsAPIError(body):
		return fromAPI
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return noPath
	}
	return fromElsewhere
}
