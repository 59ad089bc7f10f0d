package kaggle

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// room refuses to begin what the disk cannot hold, beside what the part has of
// it or in place of what the part has of another object. Where the system does
// not say how much that is, it is tried.
func (t *transfer) room(p *part, a *reply) error {
	need := a.total
	if p.plan != nil {
		need -= p.plan.done()
	}
	free, known := t.c.free(filepath.Dir(t.dest))
	if a.total < 0 || !known || need <= free {
		return nil
	}
	return t.c.noSpace(t.op(), t.slug, filepath.Dir(t.dest), need, free)
}

func (c *Client) noSpace(op, slug, dir string, need, free int64) error {
	return &Error{Op: op, Competition: slug, Reason: ErrNoSpace,
		Err:  fmt.Errorf("%s: need %s, free %s", dir, sizeText(need), sizeText(free)),
		Hint: "free some space, or choose a folder on another disk: podium download " + slug + " --path FOLDER"}
}

// sizeText writes bytes for a person.
func sizeText(n int64) string {
	const units = "KMGTPE"
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	x, i := float64(n)/(1<<10), 0
	for ; x >= 1<<10; i++ {
		x /= 1 << 10
	}
	return fmt.Sprintf("%.1f %ciB", x, units[i])
}

// diskError is a failure of this machine's disk, not of the network.
func (t *transfer) diskError(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	err = fault.Disk(err, t.dest)
	hint := fault.HintOf(err)
	if hint == "" {
		hint = "check the free space and the permissions of the folder"
	}
	return &Error{Op: t.op(), Competition: t.slug, Err: err, Hint: hint}
}
