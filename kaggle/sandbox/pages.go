package sandbox

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
)

// page tells a person with a browser what this is, and a program that there is
// nothing.
func (s *Sandbox) page(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || strings.HasPrefix(r.URL.Path, "/api/") {
		http.NotFound(w, r)
		return
	}
	infos, err := s.List()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var b strings.Builder
	b.WriteString("A podium sandbox: it speaks Kaggle's competition API, but it is not Kaggle.\n\n")
	for _, i := range infos {
		fmt.Fprintf(&b, "%s\t%s\n", i.Name, i.Title)
	}
	fmt.Fprintf(&b, "\nPODIUM_KAGGLE_URL=%s KAGGLE_API_TOKEN=%s podium competitions\n", origin(r), DevToken)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, b.String()) // the client has gone if this fails
}

// rulesPage is where an error's hint sends people: a button that accepts.
func (s *Sandbox) rulesPage(w http.ResponseWriter, r *http.Request) {
	c, err := s.load(r.PathValue("competition"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>Rules</title><h1>%s</h1><p>%s</p><p>%s</p>"+
		"<form method=post><button>I understand and accept</button></form>\n",
		html.EscapeString(c.Title), html.EscapeString(c.Description), html.EscapeString(c.rules()))
}

// acceptPage accepts for the user who authenticates or, as a browser does not,
// for the first user. It opens nothing but a sandbox.
func (s *Sandbox) acceptPage(w http.ResponseWriter, r *http.Request) {
	u, ok := s.authenticate(r)
	if !ok && len(s.users) > 0 {
		u = s.users[0]
	}
	if err := s.Accept(r.PathValue("competition"), u.Name); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintf(w, "Accepted for %s.\n", u.Name)
}
