package cli

import (
	"context"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// target is where a pipeline's steps run and what they talk to.
type target struct {
	sandbox bool
	device  string
	computing
}

// settings are those of the commands that make what a pipeline says. release ends the
// connection.
func (e *env) settings(ctx context.Context, p *Printer, spec *pipelines.Spec, t target) (s steps.Settings, release func(), err error) {
	open, err := deviceOpener(p, t.device, t.computing)
	if err != nil {
		return s, nil, err
	}
	home, err := e.home()
	if err != nil {
		return s, nil, err
	}
	cache, err := e.models(e.getenv("PODIUM_MODELS_MIRROR"))
	if err != nil {
		return s, nil, err
	}
	to, _, err := e.connectTo(ctx, p, t.sandbox, spec.Competition)
	if err != nil {
		return s, nil, err
	}
	return steps.Settings{
		Home: home.Store(), Client: to.Client, Server: to.name, Weights: cache, Offline: t.sandbox,
		Tool: buildVersion().Version, Precision: t.precision.String(), OpenEngine: open,
	}, to.close, nil
}
