package kaggle

import (
	"net/url"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Slug is the name of a competition in a name or a pasted URL: both "titanic"
// and "https://www.kaggle.com/competitions/titanic/overview" give "titanic".
// It also takes the old forms kaggle.com/c/NAME and ref paths. What holds no
// name is an error (fault.Usage).
func Slug(s string) (string, error) {
	s = strings.TrimSpace(s)
	name := s
	if strings.Contains(s, "/") {
		name = slugOfPath(s)
	}
	if !validSlug(name) {
		return "", fault.New(fault.Usage, "give a name as titanic, or a URL as https://www.kaggle.com/competitions/titanic",
			"no competition name in %q", s)
	}
	return name, nil
}

func slugOfPath(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		s = u.Path
	}
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, "#")
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' })
	for i, p := range parts {
		if (p == "competitions" || p == "c") && i+1 < len(parts) {
			return parts[i+1]
		}
	}
	return ""
}

// validSlug allows what Kaggle's slugs are made of, so that a slug is always a
// safe file name and URL segment.
func validSlug(s string) bool {
	if s == "" || len(s) > 100 || s[0] == '-' || s[0] == '_' {
		return false
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}
