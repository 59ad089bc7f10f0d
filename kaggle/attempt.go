package kaggle

import (
	"context"
	"errors"
)

// attempt goes from what the part has to the whole file, if nothing goes wrong
// that a lane cannot mend by itself.
func (t *transfer) attempt(ctx context.Context, p *part) (Downloaded, error) {
	a, err := t.ask(ctx, t.next(p))
	if err != nil {
		t.fresh = t.fresh || errors.Is(err, errChanged)
		return Downloaded{}, err
	}
	defer func() { a.close() }()
	right, unsure := t.there(a.object)
	if unsure && !t.compared {
		a.close() // hashing may take longer than storage waits
		if right = t.sameSum(ctx, a.object); !right {
			t.compared = true
			return t.attempt(ctx, p)
		}
	}
	if right {
		p.drop()
		return t.result(a.object, false), nil
	}
	if a.whole && a.total >= 0 {
		if err := t.plausible(ctx, a.object, a.total); err != nil {
			return Downloaded{}, err
		}
	}
	if err := t.room(p, a); err != nil {
		return Downloaded{}, err
	}
	if a.whole {
		if err := p.begin(a.object, t.c.ranges.segment, !t.plain); err != nil {
			return Downloaded{}, t.diskError(err)
		}
		t.fresh = false
	}
	t.moved(p.plan)
	if !p.complete() {
		if err := t.fetch(ctx, p, a); err != nil {
			t.fresh = errors.Is(err, errChanged)
			return Downloaded{}, err
		}
	}
	if err := t.verify(ctx, p, a.object); err != nil {
		return Downloaded{}, err
	}
	if err := t.finish(ctx, p, a.object); err != nil {
		return Downloaded{}, err
	}
	return t.result(a.object, true), nil
}

// next is what to ask storage for: the first of what is missing or, to hear the
// checksum where nothing is, the last byte. It is everything where nothing is
// known, the object changed, or ranges do not work; the part is kept until that
// comes, since it may be no more than an error page.
func (t *transfer) next(p *part) wanted {
	if !p.resumable() || t.plain || t.fresh {
		return wanted{}
	}
	w := wanted{at: p.plan.total - 1, end: p.plan.total, etag: p.etag, total: p.plan.total}
	if s, ok := p.plan.claim(t.connections(p, true)); ok {
		p.plan.release(s) // fetch claims the same again
		w.at, w.end = s.at, s.end
	}
	return w
}

// connections is over how many connections the part is fetched.
func (t *transfer) connections(p *part, ranges bool) int {
	if ranges && p.resumable() && p.plan.total >= t.c.ranges.from {
		return t.lanes
	}
	return 1
}
