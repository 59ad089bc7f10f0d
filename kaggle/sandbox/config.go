package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Config is competition.yaml. Unknown keys are an error.
type Config struct {
	Version             int      `yaml:"version"` // of the folder's layout: 1
	Title               string   `yaml:"title"`
	Description         string   `yaml:"description,omitempty"`
	Category            string   `yaml:"category,omitempty"`
	Reward              string   `yaml:"reward,omitempty"`
	Metric              string   `yaml:"metric"`                         // a name of internal/metric
	Deadline            Date     `yaml:"deadline,omitempty"`             // none: never closes
	DailyLimit          int      `yaml:"daily_limit"`                    // submissions a team and UTC day; 0: no limit
	PublicShare         float64  `yaml:"public_share"`                   // of the hidden rows, where solution.csv has no Usage
	RevealPrivate       bool     `yaml:"reveal_private,omitempty"`       // private scores at once, for practice
	RealBoard           bool     `yaml:"real_board"`                     // false: leaderboard.csv is made up
	Origin              string   `yaml:"origin"`                         // what the data was made of
	Rules               string   `yaml:"rules,omitempty"`                // "auto" (default): accepted by all; "accept": each user must
	Sample              string   `yaml:"sample,omitempty"`               // sample submission in data/, default sample_submission.csv
	CodeOnly            bool     `yaml:"code_only,omitempty"`            // takes no files
	SubmissionsDisabled bool     `yaml:"submissions_disabled,omitempty"` // takes nothing
	ServeZipped         []string `yaml:"serve_zipped,omitempty"`         // files in data/ that are handed out as FILE.zip, which must lie beside them
}

// Date is an instant in a configuration, as 2030-01-01T00:00:00Z or 2030-01-01.
type Date struct{ time.Time }

// UnmarshalYAML names the line of a date that is none.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, n.Value); err == nil {
			*d = Date{t.UTC()}
			return nil
		}
	}
	return fmt.Errorf("line %d: want a date as 2030-01-01T00:00:00Z, got %q", n.Line, n.Value)
}

// MarshalYAML writes the long form.
func (d Date) MarshalYAML() (any, error) { return d.UTC().Format(time.RFC3339), nil }

// competition is a loaded folder.
type competition struct {
	Config
	name   string
	dir    string
	metric metric.Metric
	unmade func(io.Writer) error // writes its board where there is no folder yet
}

func (c *competition) data() string        { return filepath.Join(c.dir, "data") }
func (c *competition) submissions() string { return filepath.Join(c.dir, "submissions") }

// errNoCompetition is the cause where there is none of that name.
var errNoCompetition = errors.New("no such competition")

const configName = "competition.yaml"

// load reads the configuration of a competition that exists.
func (s *Sandbox) load(name string) (*competition, error) {
	if !validName(name) {
		return nil, errNoCompetition
	}
	dir := filepath.Join(s.dir, name)
	path := filepath.Join(dir, configName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoCompetition
	}
	if err != nil {
		return nil, err
	}
	c := &competition{name: name, dir: dir}
	if err := c.configure(b); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "correct the file, or remove the folder", "read %s", path)
	}
	return c, nil
}

// configure reads the text of competition.yaml.
func (c *competition) configure(text []byte) (err error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&c.Config); err != nil {
		return err
	}
	if c.metric, err = metric.ByName(c.Metric); err != nil {
		return err
	}
	switch {
	case c.Version != 1:
		return fmt.Errorf("version: want 1, got %d", c.Version)
	case c.Rules != "" && c.Rules != "auto" && c.Rules != "accept":
		return fmt.Errorf("rules: want auto or accept, got %q", c.Rules)
	case !(c.PublicShare >= 0 && c.PublicShare <= 1): // NaN too
		return fmt.Errorf("public_share: want 0..1, got %v", c.PublicShare)
	case c.DailyLimit < 0:
		return fmt.Errorf("daily_limit: want 0 (none) or more, got %d", c.DailyLimit)
	}
	return nil
}

// competition loads one, making it first if it is embedded.
func (s *Sandbox) competition(name string) (*competition, error) {
	if !s.exists(name) && isEmbedded(name) {
		if err := s.Ensure(s.life, name, nil); err != nil {
			return nil, err
		}
	}
	c, err := s.load(name)
	if errors.Is(err, errNoCompetition) {
		return nil, fault.Wrap(err, fault.Usage, "podium sandbox list", "sandbox competition %q", name)
	}
	return c, err
}

func (s *Sandbox) exists(name string) bool {
	_, err := os.Stat(filepath.Join(s.dir, name, configName))
	return validName(name) && err == nil
}

// names are the competitions that exist or are embedded, sorted.
func (s *Sandbox) names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	names := Embedded()
	for _, e := range entries {
		if e.IsDir() && s.exists(e.Name()) && !slices.Contains(names, e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// validName keeps a competition's name inside the state folder.
func validName(name string) bool {
	if name == "" || len(name) > 100 {
		return false
	}
	ok := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	return strings.IndexFunc(name, func(r rune) bool { return !ok(r) }) < 0
}
