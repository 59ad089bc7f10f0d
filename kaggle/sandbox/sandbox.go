package sandbox

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// DevToken is the API token of the built-in user. It is no secret: it opens
// only sandboxes.
const DevToken = "KGAT_sandbox0000000000000000000000"

// User is one who may ask. Token authenticates as Bearer, Name and Key as Basic.
type User struct {
	Name  string
	Team  string // on the board
	Token string
	Key   string
}

// DefaultUser is the only user of a sandbox without WithUsers.
var DefaultUser = User{Name: "sandbox", Team: "You", Token: DevToken, Key: "5a17d00b5a17d00b5a17d00b5a17d00b"}

// Sandbox is a state folder with its competitions. It is safe for concurrent
// use, and other processes may use the same folder.
type Sandbox struct {
	dir     string
	users   []User
	now     func() time.Time
	delay   time.Duration
	log     func(Access)
	faults  *faults  // nil: nothing goes wrong on purpose
	flat    bool     // errors of the RPC dialect are flat
	key     [32]byte // signs URLs
	journal *journal
	sums    sums
	uploads uploads
	scoring scoring
	logins  logins
	making  sync.Mutex      // one embedded competition is made at a time
	life    context.Context // ends with Close: what a request began to make goes on without its client
	end     context.CancelFunc

	emptyPages bool // lists begin with an empty page
}

// Option sets one thing of a Sandbox.
type Option func(*Sandbox)

// WithUsers replaces the users.
func WithUsers(users ...User) Option { return func(s *Sandbox) { s.users = users } }

// WithClock replaces the clock of deadlines, days and dates.
func WithClock(now func() time.Time) Option { return func(s *Sandbox) { s.now = now } }

// WithScoreDelay makes scoring take at least d, as it does on Kaggle.
func WithScoreDelay(d time.Duration) Option { return func(s *Sandbox) { s.delay = d } }

// WithFlatErrors gives errors the flat shape in the RPC dialect too: the official
// client shows their words then, which it does not of the nested shape that
// Kaggle has there.
func WithFlatErrors() Option { return func(s *Sandbox) { s.flat = true } }

// WithEmptyPages begins every list that is asked for by token with an empty page
// that has a successor, as Kaggle's now and then do.
func WithEmptyPages() Option { return func(s *Sandbox) { s.emptyPages = true } }

// WithAccessLog has f called after each request, from many goroutines.
func WithAccessLog(f func(Access)) Option { return func(s *Sandbox) { s.log = f } }

// Access is one answered request. The path holds no secret that outlives the
// process: signatures stand in queries, the number of an upload session in it.
type Access struct {
	Time     time.Time
	Method   string
	Path     string
	Status   int
	Bytes    int64 // of the answer's body
	Duration time.Duration
	Faults   []string // what went wrong on purpose, as ParseFault reads it
}

// Open opens the state folder dir, making it if needed. Submissions that were
// being scored when an earlier process ended are scored now. Close it.
func Open(dir string, opts ...Option) (*Sandbox, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.Wrap(err, fault.Failed, "choose a folder that can be written to (PODIUM_HOME)", "open the sandbox")
	}
	s := &Sandbox{dir: dir, users: []User{DefaultUser}, now: time.Now}
	for _, o := range opts {
		o(s)
	}
	if err := s.faults.check(); err != nil {
		return nil, err
	}
	if _, err := rand.Read(s.key[:]); err != nil {
		return nil, err
	}
	if s.journal, err = openJournal(dir); err != nil {
		return nil, err
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.scoring.start()
	s.uploads.open(filepath.Join(dir, ".uploads"), s.now)
	sweep(dir, asidePrefix)
	if err := s.rescue(0); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close waits for running gradings and lets go of the folder.
func (s *Sandbox) Close() error {
	s.end()
	s.scoring.stop()
	return s.journal.close()
}

// Dir is the state folder.
func (s *Sandbox) Dir() string { return s.dir }

// Info is a competition as List shows it.
type Info struct {
	Name        string
	Title       string
	Metric      string
	Origin      string // as on the wire: "sandbox:NAME"
	Source      string // what the data was made of, as "mnist-subset"
	Dir         string // "" if embedded and not yet made
	Submissions int
}

// List is every competition, the embedded ones that were not made yet too, by
// name.
func (s *Sandbox) List() ([]Info, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, name := range names {
		info := Info{Name: name, Origin: Origin(name)}
		if e, ok := carried(name); ok && !s.exists(name) {
			info.Title, info.Metric, info.Source = e.config.Title, e.config.Metric, e.config.Origin
			all = append(all, info)
			continue
		}
		c, err := s.load(name)
		if err != nil {
			return nil, err
		}
		info.Title, info.Metric, info.Source, info.Dir = c.Title, c.Metric, c.Origin, c.dir
		err = s.journal.view(func(st *state) { info.Submissions = len(st.of(name)) })
		if err != nil {
			return nil, err
		}
		all = append(all, info)
	}
	return all, nil
}

// Origin is the mark of data that a competition of a sandbox hands out, as it
// stands in the wire's podiumOrigin and in the manifests of what is made of it.
func Origin(name string) string { return "sandbox:" + name }

// Accept records that a user accepted the rules, for competitions whose
// configuration asks for that.
func (s *Sandbox) Accept(name, user string) error {
	if _, err := s.competition(name); err != nil {
		return err
	}
	return s.journal.update(context.Background(), func(t *tx) error {
		return t.add(event{Kind: kindAccept, Time: s.now().UTC(), Competition: name, User: user})
	})
}

// Reset forgets the submissions to a competition and who accepted its rules;
// its data stays.
func (s *Sandbox) Reset(name string) error {
	c, err := s.competition(name)
	if err != nil {
		return err
	}
	return s.journal.update(context.Background(), func(t *tx) error {
		t.then(func() error { return os.RemoveAll(c.submissions()) })
		return t.add(event{Kind: kindReset, Time: s.now().UTC(), Competition: name})
	})
}
