package kaggle

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// WhoAmI asks the server whose credentials these are: the username, or
// ErrUnauthenticated if it does not take them.
func (c *Client) WhoAmI(ctx context.Context) (string, error) {
	switch c.creds.Kind {
	case Token, OAuth:
		return c.introspect(ctx)
	case Legacy: // there is nothing to introspect: see whether a private read works
		in := wire.ListCompetitionsRequest{Group: "COMPETITION_LIST_TAB_ENTERED", PageSize: 1}
		var page wire.ListCompetitionsResponse
		r := request{op: "check credentials", method: wire.ListCompetitions, in: in, read: true}
		return c.creds.Username, c.call(ctx, r, &page)
	}
	return "", &Error{Op: "check credentials", Reason: ErrUnauthenticated, Hint: c.hint(ErrUnauthenticated, "")}
}

func (c *Client) introspect(ctx context.Context) (string, error) {
	token := c.creds.secret.reveal()
	if c.creds.login != nil {
		var err error
		if token, err = c.creds.login.token(ctx, c, ""); err != nil {
			return "", err
		}
	}
	var got wire.IntrospectTokenResponse
	r := request{op: "check credentials", service: wire.OAuthService, method: wire.IntrospectToken,
		in: wire.IntrospectTokenRequest{Token: token}, read: true}
	if err := c.call(ctx, r, &got); err != nil {
		return "", c.noToken(err)
	}
	if !got.Active || got.Username == "" {
		return "", c.noToken(&Error{Op: r.op, Reason: ErrUnauthenticated, Message: "the token is not active"})
	}
	return got.Username, nil
}

// noToken is what a refusal to look at a token means: servers have been seen to
// say in several ways that it is not good.
func (c *Client) noToken(err error) error {
	var e *Error
	if !errors.As(err, &e) || c.stranger() {
		return err
	}
	if e.Reason == ErrUnauthenticated || slices.Contains([]int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound}, e.StatusCode) {
		e.Reason, e.Hint = ErrUnauthenticated, "get a new one: podium auth login, or create an API token at "+c.site+"/settings"
		if c.local() {
			e.Hint = "podium sandbox serve prints the token of its user"
		}
	}
	return err
}
