package sandbox

import (
	"fmt"
	"html"
	"net/http"
	"net/url"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// authorizePage is where `podium auth login` and the official client send a
// browser: one button for each user, and one to say no. It opens nothing but a
// sandbox.
func (s *Sandbox) authorizePage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if err := checkAuthorize(r, q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>Log in</title><h1>Log in to the sandbox</h1><p>%s asks to act for you.</p><form method=post action=\"?%s\">",
		html.EscapeString(q.Get("client_id")), html.EscapeString(r.URL.RawQuery))
	for _, u := range s.users {
		fmt.Fprintf(w, "<p><button name=user value=\"%[1]s\">Allow as %[1]s</button></p>", html.EscapeString(u.Name))
	}
	fmt.Fprint(w, "<p><button name=user value=\"\">Deny</button></p></form>\n")
}

// allowPage sends the browser back with a code, or with the refusal.
func (s *Sandbox) allowPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if err := checkAuthorize(r, q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "redirect_uri: not a URL", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}, "error": {"access_denied"}}
	for _, u := range s.users {
		if name := r.FormValue("user"); name != "" && name == u.Name {
			answer.Del("error")
			answer.Set("code", s.logins.grant(u, q.Get("code_challenge"), s.now()))
		}
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// checkAuthorize says what is wrong with the words of a login's URL. A code is
// sent to this machine only, or to codePage.
func checkAuthorize(r *http.Request, q url.Values) error {
	for name, want := range map[string]string{"response_type": "code", "client_id": wire.OAuthClient, "code_challenge_method": "S256"} {
		if got := q.Get(name); got != want {
			return fmt.Errorf("%s: want %s, got %.40q", name, want, got)
		}
	}
	if q.Get("code_challenge") == "" {
		return fmt.Errorf("code_challenge is missing")
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Scheme != "http" {
		return fmt.Errorf("redirect_uri: want http://localhost:PORT")
	}
	if host := back.Hostname(); host != "localhost" && host != "127.0.0.1" && back.Host != r.Host {
		return fmt.Errorf("redirect_uri: want http://localhost:PORT, got the host %.60q", back.Host)
	}
	return nil
}

// codePage shows a code to a person who is to paste it.
func (s *Sandbox) codePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	code := r.URL.Query().Get("code")
	if code == "" {
		code = "none: it was denied"
	}
	fmt.Fprintf(w, "<!doctype html><title>Code</title><p>Your code:</p><pre>%s</pre>\n", html.EscapeString(code))
}
