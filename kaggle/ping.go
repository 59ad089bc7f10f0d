package kaggle

import (
	"context"
	"net/http"
	"time"
)

// storageHost is where kaggle.com's files are.
const storageHost = "https://storage.googleapis.com/"

// Pong is what an answer, whatever it says, tells about the way to a server.
type Pong struct {
	Latency time.Duration // of one exchange, of a new connection in general
	Skew    time.Duration // how far the server's clock is ahead of this machine's, within about a second
	Dated   bool          // the server told its time, so that Skew is known
}

// Ping sees whether the server answers. It sends no credentials and asks once.
func (c *Client) Ping(ctx context.Context) (Pong, error) {
	return c.ping(ctx, "reach "+c.base.Host, c.base.String())
}

// PingStorage sees whether the host of kaggle.com's files answers. Of other
// servers only they know where their files are.
func (c *Client) PingStorage(ctx context.Context) (Pong, error) {
	return c.ping(ctx, "reach "+storageHost, storageHost)
}

func (c *Client) ping(ctx context.Context, op, at string) (Pong, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	sent := c.now()
	resp, err := c.storage.R().SetContext(ctx).Get(at)
	if err != nil {
		return Pong{}, c.netError(op, "", err)
	}
	resp.RawBody().Close()
	p := Pong{Latency: c.now().Sub(sent)}
	if status := resp.StatusCode(); status >= http.StatusInternalServerError || status == http.StatusProxyAuthRequired {
		return p, c.statusError(op, "", status, resp.Header(), nil)
	}
	if date, err := http.ParseTime(resp.Header().Get("Date")); err == nil {
		// The header has whole seconds, cut off: half of one is its error.
		p.Skew, p.Dated = date.Add(time.Second/2).Sub(sent.Add(p.Latency/2)), true
	}
	return p, nil
}
