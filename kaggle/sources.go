package kaggle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// maxSecretFile bounds what is read of a credential file.
const maxSecretFile = 64 << 10

// FindCredentials looks where the official client looks, in its order:
//
//  1. an access token: inside a Kaggle notebook the file named by
//     KAGGLE_API_V1_TOKEN; KAGGLE_API_TOKEN (a token, or the path of a file
//     that holds one); ~/.kaggle/access_token; ~/.kaggle/access_token.txt
//  2. username and key: kaggle.json in the configuration folder, each
//     overridden by KAGGLE_USERNAME and KAGGLE_KEY. The folder is
//     KAGGLE_CONFIG_DIR, else ~/.kaggle if it exists, else on Linux
//     $XDG_CONFIG_HOME/kaggle (default ~/.config/kaggle), else ~/.kaggle
//  3. the OAuth login in ~/.kaggle/credentials.json, which the client renews
//
// env looks up an environment variable and home is the user's home folder, ""
// for a user who has none.
// Nothing is asked of the network. If no source has credentials, the error is
// ErrUnauthenticated (fault.Auth). A kaggle.json that is needed and cannot be
// read is an error that names file and line. In each case the result's Tried
// says what was looked at, and why the others lost.
func FindCredentials(env func(string) string, home string) (Credentials, error) {
	l := newLookup(env, home)
	var found Credentials
	for _, source := range []func() (Credentials, error){
		l.notebook, l.tokenVariable, l.tokenFile(tokenFile(l.home)), l.tokenFile(tokenFile(l.home) + ".txt"), l.legacy, l.oauth,
	} {
		seen := len(l.tried)
		cr, err := source()
		switch {
		case found.Kind != Anonymous: // looked at only to be shown
			l.passOver(l.tried[seen:], found.Source)
		case err != nil:
			return Credentials{Tried: l.tried, Warnings: l.warnings}, err
		case cr.Kind != Anonymous:
			found = cr
			found.Warnings = l.warnings
		}
	}
	if found.Tried = l.tried; found.Kind != Anonymous {
		return found, nil
	}
	found.Warnings = l.warnings
	return found, fault.Wrap(ErrUnauthenticated, fault.Auth,
		hintLogin+", or create an API token at https://www.kaggle.com/settings and set KAGGLE_API_TOKEN",
		"no Kaggle credentials found")
}

// passOver marks what later sources would have given.
func (l *lookup) passOver(later []Attempt, winner string) {
	for i := range later {
		if later[i].Won {
			later[i].Won, later[i].Why = false, later[i].Why+", but "+winner+" comes first"
		}
	}
}

// lookup is one search; its methods are the sources.
type lookup struct {
	env      func(string) string
	home     string
	kaggle   string // ~/.kaggle
	now      time.Time
	tried    []Attempt
	warnings []string
}

func newLookup(env func(string) string, home string) *lookup {
	if home == "" { // not the current folder, in which anybody may have left a .kaggle
		home = string(filepath.Separator) + "nonexistent"
	}
	return &lookup{env: env, kaggle: filepath.Join(home, ".kaggle"), home: home, now: time.Now()}
}

func (l *lookup) lost(source, why string, args ...any) (Credentials, error) {
	l.tried = append(l.tried, Attempt{Source: source, Why: fmt.Sprintf(why, args...)})
	return Credentials{}, nil
}

func (l *lookup) won(cr Credentials) (Credentials, error) {
	l.tried = append(l.tried, Attempt{Source: cr.Source, Won: true, Why: cr.Kind.String()})
	return cr, nil
}

// notebook is the token that Kaggle puts into its own notebooks.
func (l *lookup) notebook() (Credentials, error) {
	if l.env("KAGGLE_KERNEL_RUN_TYPE") == "" || l.env("KAGGLE_DATA_PROXY_URL") == "" {
		return Credentials{}, nil // not in a notebook: no source at all
	}
	const source = "KAGGLE_API_V1_TOKEN"
	path := l.env(source)
	if path == "" {
		return l.lost(source, "not set")
	}
	token, err := l.secret(path)
	if err != nil || token == "" {
		return l.lost(source, "%s", why(path, err))
	}
	return l.won(Credentials{Kind: Token, Source: source + " (" + path + ")", secret: hide(token)})
}

func (l *lookup) tokenVariable() (Credentials, error) {
	const source = "KAGGLE_API_TOKEN"
	value := strings.TrimSpace(l.env(source))
	if value == "" {
		return l.lost(source, "not set")
	}
	if st, err := os.Stat(value); err != nil || !st.Mode().IsRegular() {
		if strings.ContainsAny(value, `/\`) { // no token has these: it is not sent to see
			return l.lost(source, "looks like the path of a file, and there is none")
		}
		return l.won(Credentials{Kind: Token, Source: source, secret: hide(value)})
	}
	token, err := l.secret(value)
	if err != nil || token == "" {
		return l.lost(source, "%s", why(value, err))
	}
	return l.won(Credentials{Kind: Token, Source: source + " (" + value + ")", secret: hide(token)})
}

func (l *lookup) tokenFile(path string) func() (Credentials, error) {
	return func() (Credentials, error) {
		token, err := l.secret(path)
		if err != nil || token == "" {
			return l.lost(path, "%s", why(path, err))
		}
		return l.won(Credentials{Kind: Token, Source: path, secret: hide(token)})
	}
}

// secret reads a file that holds a secret, trimmed, and warns if others can.
func (l *lookup) secret(path string) (string, error) {
	b, err := l.read(path)
	return strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff")), err
}

func (l *lookup) read(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > maxSecretFile {
		return nil, errors.New("not a small regular file")
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o044 != 0 {
		l.warnings = append(l.warnings, fmt.Sprintf("other users can read %s: chmod 600 %s", path, path))
	}
	return os.ReadFile(path)
}

// why says in a few words why a file gave nothing.
func why(path string, err error) string {
	switch {
	case err == nil:
		return "empty file"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	}
	return strings.TrimPrefix(err.Error(), "open "+path+": ")
}
