package kaggle

import (
	"context"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// hint says what mends an error of this reason, best in a command.
func (c *Client) hint(reason error, competition string) string {
	page := c.site + "/competitions/" + competition
	switch reason {
	case ErrUnauthenticated:
		if c.creds.Kind == Token || c.creds.Kind == Legacy {
			return "podium auth status"
		}
		return hintLogin
	case ErrRulesNotAccepted:
		if c.local() {
			return "podium sandbox accept " + competition + ", or open " + page + "/rules"
		}
		return "accept the rules at " + page + "/rules (and verify your phone number there if asked), then try again"
	case ErrForbidden:
		if competition == "" {
			return "podium auth status"
		}
		return "look at " + page + "/rules: are they accepted, is a phone number asked for? Then: podium auth status"
	case ErrNotFound:
		switch {
		case competition == "":
		case c.local():
			return "check the name: podium sandbox list"
		default:
			return "check the name: podium competitions -s " + competition
		}
	case ErrDailyLimit:
		now := c.now().UTC()
		left := now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
		return "days are UTC: the next one begins in " + spell(left.Round(time.Minute))
	case ErrClosed:
		return "see " + page
	case ErrCodeOnly:
		return "submit a notebook at " + page + "/code"
	case ErrRefused:
		if competition != "" {
			return "what it takes is at " + page
		}
	case ErrRateLimited:
		return "wait a minute and try again"
	case ErrServer:
		return "try again later"
	case ErrNetwork:
		if c.local() {
			return "start the server: podium sandbox serve"
		}
		return "check the connection and the proxy settings, then try again"
	case ErrUnreadable:
		if c.base.String() != prodAPI+"/v1" {
			return "is " + scrub(c.base.String()) + " a Kaggle server?"
		}
		return "try again; if it stays so, is there a newer podium?"
	case ErrCorrupt, errURLExpired, errChanged, errRange:
		return "try again"
	}
	return ""
}

// spell writes a duration without noughts at its end, as 7h51m.
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// local says whether the server is on this machine, and so a sandbox.
func (c *Client) local() bool { return isLoopback(c.base.Hostname()) }

// near is the competition that a wrong name probably means, "" if none is near.
// It asks the server once, and quietly.
func (c *Client) near(ctx context.Context, slug string) string {
	in := wire.ListCompetitionsRequest{PageSize: wire.MaxPageSize}
	if !c.local() { // a sandbox has few, Kaggle searches
		in.Search = strings.NewReplacer("-", " ", "_", " ").Replace(slug)
	}
	var page wire.ListCompetitionsResponse
	r := request{op: "list competitions", method: wire.ListCompetitions, in: in}
	if c.call(ctx, r, &page) != nil {
		return ""
	}
	var names []string
	for _, w := range page.Competitions {
		names = append(names, competition(w).Slug)
	}
	return nearest.Word(slug, names)
}
