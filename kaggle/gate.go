package kaggle

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// teller passes on why there is a wait: of several at once only the first.
type teller struct {
	f     func(RetryNotice) // may be nil
	mu    sync.Mutex
	until time.Time // end of the wait that was told last
}

// tell says that try n failed with err and that another follows.
func (c *Client) tell(err error, pause time.Duration, n int) {
	t := &c.teller
	if t.f == nil || pause == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.After(t.until) {
		t.until = now.Add(pause)
		t.f(RetryNotice{Err: err, Pause: pause, Try: n + 1, Of: c.retry.Attempts})
	}
}

// gate holds back all calls of a client after the server has asked one of them
// to slow down: the limit is the account's, not the call's.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// shut keeps calls back for d from now on.
func (g *gate) shut(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.until) {
		g.until = until
	}
}

// wait returns when the gate is open. Those who waited do not come all at once
// but spread over a tenth of their wait.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	left := time.Until(g.until)
	g.mu.Unlock()
	if left <= 0 {
		return nil
	}
	return sleep(ctx, left+rand.N(left/10+1))
}
