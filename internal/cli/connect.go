package cli

import (
	"context"
	"errors"
	"slices"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// server is what client commands talk to: kaggle.com, another server that the
// environment names, or a sandbox inside this process.
type server struct {
	steps.Server
	name    string // submissions.Kaggle or submissions.Sandbox
	sandbox bool   // inside this process
	other   bool   // one that the environment names: connectTo asks it what it is
	close   func()
}

func sandboxFlag() ucli.Flag {
	return &ucli.BoolFlag{Name: "sandbox", Usage: "talk to the sandbox on this machine instead of kaggle.com: no account, no network"}
}

// forSandbox is what a command in a hint needs to reach the sandbox too.
func forSandbox(sandbox bool) string {
	if sandbox {
		return " --sandbox"
	}
	return ""
}

// connect makes the server. For the sandbox it is started on a free port of
// this machine and lives until close.
func (e *env) connect(ctx context.Context, p *Printer, inSandbox bool) (*server, error) {
	if inSandbox {
		return e.startSandbox(ctx, p, "")
	}
	cr, err := e.credentials()
	if err != nil && !errors.Is(err, kaggle.ErrUnauthenticated) {
		return nil, err
	}
	// Without credentials the server says what it wants: Kaggle lets anybody
	// list competitions. The hint of the answer is that of auth status.
	for _, w := range cr.Warnings {
		p.Say("%s %s", p.paint(bold, "warning:"), w)
	}
	client, other, err := e.client(cr)
	if err != nil {
		return nil, err
	}
	return &server{Server: steps.Server{Client: client}, name: submissions.Kaggle, other: other, close: func() {}}, nil
}

// client makes the client of the server that the environment names, kaggle.com
// if it names none (other is false then), through the proxy that it names.
func (e *env) client(cr kaggle.Credentials, opts ...kaggle.Option) (c *kaggle.Client, other bool, err error) {
	base, err := kaggle.BaseURL(e.getenv)
	if err != nil {
		return nil, false, err
	}
	network, err := kaggle.FindNetwork(e.getenv, userHome())
	if err != nil {
		return nil, false, err
	}
	c, err = kaggle.New(append([]kaggle.Option{kaggle.WithBaseURL(base), kaggle.WithCredentials(cr), kaggle.WithTransport(network.Transport()),
		kaggle.WithVersion(buildVersion().Version), kaggle.WithRetryNotice(e.tellRetry)}, opts...)...)
	return c, base != "", err
}

// tellRetry says why nothing seems to happen. A retry is a remark as others are:
// also where stderr is a log, but not with --quiet or --json.
func (e *env) tellRetry(n kaggle.RetryNotice) {
	if p := e.talking.Load(); p != nil {
		p.Say("%s; trying again in %s (%d of %d)", oneLine(n.Err.Error()), durationText(n.Pause), n.Try, n.Of)
	}
}

// connectTo is connect for a command about one competition, given by name or URL.
func (e *env) connectTo(ctx context.Context, p *Printer, inSandbox bool, competition string) (*server, string, error) {
	slug, err := kaggle.Slug(competition)
	if err != nil {
		return nil, "", err
	}
	if inSandbox {
		s, err := e.startSandbox(ctx, p, slug)
		return s, slug, err
	}
	s, err := e.connect(ctx, p, false)
	if err != nil || !s.other {
		return s, slug, err
	}
	about, err := s.Client.Competition(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	s.name = s.nameFor(about)
	return s, slug, nil
}

// startSandbox starts the sandbox on a free port, with the competition made if
// podium carries it and it is not there yet; "": none is asked for.
func (e *env) startSandbox(ctx context.Context, p *Printer, competition string) (*server, error) {
	box, err := e.openSandbox()
	if err != nil {
		return nil, err
	}
	if slices.Contains(sandbox.Embedded(), competition) {
		err = makeEmbedded(ctx, p, box, competition)
	}
	var running *sandbox.Server
	if err == nil {
		running, err = box.Serve(ctx, "127.0.0.1:0")
	}
	if err != nil {
		return nil, errors.Join(err, box.Close())
	}
	stop := func() { // it serves nobody else, and its journal is written as it goes
		_ = running.Close()
		_ = box.Close()
	}
	client, err := kaggle.New(kaggle.WithBaseURL(running.URL()), kaggle.WithCredentials(kaggle.NewToken(running.Token())),
		kaggle.WithVersion(buildVersion().Version))
	if err != nil {
		stop()
		return nil, err
	}
	return &server{Server: steps.Server{Client: client}, name: submissions.Sandbox, sandbox: true, close: stop}, nil
}

// makeEmbedded makes a competition that podium carries unless it is there, with
// a bar if that takes a while.
func makeEmbedded(ctx context.Context, p *Printer, box *sandbox.Sandbox, competition string) error {
	draw, end := drawingBar(p, competition)
	defer end()
	return box.Ensure(ctx, competition, draw)
}

// drawingBar is the bar of the drawing of a competition's photos: it is there
// from the first one on.
func drawingBar(p *Printer, competition string) (draw func(share float64), end func()) {
	var bar *Bar
	draw = func(share float64) {
		if bar == nil {
			bar = p.Progress().Begin("drawing the photos of " + competition)
		}
		bar.Set(share, "")
	}
	return draw, func() {
		if bar != nil {
			bar.Drop()
		}
	}
}

// openSandbox opens the state of local competitions.
func (e *env) openSandbox(opts ...sandbox.Option) (*sandbox.Sandbox, error) {
	home, err := e.home()
	if err != nil {
		return nil, err
	}
	return sandbox.Open(home.Sandbox(), opts...)
}

// nameFor says which kind of server holds the competition: one that hands out
// data of its own, wherever it runs, is a sandbox.
func (s *server) nameFor(c kaggle.Competition) string {
	if c.Origin != "" {
		return submissions.Sandbox
	}
	return s.name
}
