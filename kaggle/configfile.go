package kaggle

import (
	"bytes"
	"encoding/json"
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

// configDir is the folder of kaggle.json.
func (l *lookup) configDir() string {
	if dir := l.env("KAGGLE_CONFIG_DIR"); dir != "" {
		return dir
	}
	if st, err := os.Stat(l.kaggle); err == nil && st.IsDir() || runtime.GOOS != "linux" {
		return l.kaggle
	}
	if dir := l.env("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "kaggle")
	}
	return filepath.Join(l.home, ".config", "kaggle")
}

// legacy is username and key, of kaggle.json and the environment mixed as the
// official client mixes them.
func (l *lookup) legacy() (Credentials, error) {
	const variables = "KAGGLE_USERNAME and KAGGLE_KEY"
	user, key := l.env("KAGGLE_USERNAME"), l.env("KAGGLE_KEY")
	source := filepath.Join(l.configDir(), "kaggle.json")
	if user != "" && key != "" {
		cr, err := l.won(pair(user, key, variables))
		if _, missing := os.Stat(source); missing == nil {
			l.lost(source, "%s come first", variables) //nolint:errcheck // records the attempt
		}
		return cr, err
	}
	file, err := l.configFile(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if user+key != "" {
			return l.lost(variables, "only one of the two is set, and %s does not exist", source)
		}
		l.lost(variables, "not set") //nolint:errcheck // records the attempt
		return l.lost(source, "no such file")
	case err != nil:
		l.lost(source, "%v", err) //nolint:errcheck // records the attempt
		return Credentials{}, err
	}
	origin := source
	if user != "" {
		file.Username, origin = user, source+" with KAGGLE_USERNAME"
	}
	if key != "" {
		file.Key, origin = key, source+" with KAGGLE_KEY"
	}
	if user+key == "" {
		l.lost(variables, "not set") //nolint:errcheck // records the attempt
	}
	if file.Username == "" || file.Key == "" {
		return l.lost(source, "want both username and key, got %s", have(file.Username, file.Key))
	}
	return l.won(pair(file.Username, file.Key, origin))
}

// pair is a username and its key. An API token that somebody put in the key's
// place is used as what it is: as a key Kaggle refuses it.
func pair(user, key, source string) Credentials {
	cr := Credentials{Kind: Legacy, Username: user, Source: source, secret: hide(key)}
	if strings.HasPrefix(key, "KGAT_") {
		cr.Kind = Token
	}
	return cr
}

func have(user, key string) string {
	switch {
	case user != "":
		return "only username"
	case key != "":
		return "only key"
	}
	return "neither"
}

type configFile struct {
	Username string `json:"username"`
	Key      string `json:"key"`
	Proxy    string `json:"proxy"`
	CACert   string `json:"ssl_ca_cert"`
}

// configFile reads kaggle.json. The official client takes a broken file for no
// file; here it is an error, because somebody meant it.
func (l *lookup) configFile(path string) (configFile, error) {
	var cfg configFile
	b, err := l.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, err
	}
	const hint = `want {"username":"...","key":"..."}: download it again at https://www.kaggle.com/settings`
	if err != nil {
		return cfg, fault.Wrap(err, fault.Auth, hint, "read %s", path)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(b, &cfg); err != nil {
		return configFile{}, fault.New(fault.Auth, hint, "read %s: line %d: %s", path, line(b, err), plain(err))
	}
	return cfg, nil
}

// line is where in b a JSON error is, from 1.
func line(b []byte, err error) int {
	at := int64(len(b))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	} else if errors.As(err, &kind) {
		at = kind.Offset
	}
	at = max(0, min(at, int64(len(b))))
	return 1 + bytes.Count(b[:at], []byte("\n"))
}

// plain is a JSON error without any of the file's content but one character.
func plain(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Sprintf("field %q: want a text, got a %s", kind.Field, kind.Value)
	}
	return err.Error()
}

// oauth is a login with a browser, ours or the official client's.
func (l *lookup) oauth() (Credentials, error) {
	path := loginFile(l.home)
	b, err := l.read(path)
	if err != nil {
		return l.lost(path, "%s", why(path, err))
	}
	saved, err := parseLogin(b)
	if err != nil {
		return l.lost(path, "%v", err)
	}
	cr, err := saved.credentials(path)
	switch {
	case err != nil:
		return l.lost(path, "%v", err)
	case saved.RefreshToken != "":
		return l.won(cr) // whatever became of the access token
	case saved.AccessToken == "":
		return l.lost(path, "no token in it")
	case !cr.Expires.IsZero() && !l.now.Before(cr.Expires):
		return l.lost(path, "its access token expired at %s, and it has no refresh token", cr.Expires.UTC().Format(time.RFC3339))
	}
	return l.won(cr)
}
