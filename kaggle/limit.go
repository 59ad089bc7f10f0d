package kaggle

import (
	"context"

	"golang.org/x/time/rate"
)

// limit is the rate at which all connections of a call together take bytes. Nil
// is no limit.
type limit struct{ l *rate.Limiter }

// newLimit makes the limit of so many bytes a second, none for 0.
func newLimit(bytesPerSecond int64) *limit {
	if bytesPerSecond <= 0 {
		return nil
	}
	l := &limit{}
	l.l = rate.NewLimiter(rate.Limit(bytesPerSecond), int(max(1, min(bufferSize, bytesPerSecond/8))))
	return l
}

// buffer is how many bytes may be taken at once: with a limit about an eighth
// of a second's.
func (l *limit) buffer() int {
	if l == nil {
		return bufferSize
	}
	return l.l.Burst()
}

// wait lets n bytes pass, at most buffer.
func (l *limit) wait(ctx context.Context, n int) error {
	if l == nil {
		return nil
	}
	return l.l.WaitN(ctx, n)
}
