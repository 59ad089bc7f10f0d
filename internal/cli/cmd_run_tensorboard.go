package cli

import (
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/export"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// drawLive lets a run write event files for TensorBoard into a folder; "" writes
// none. finish is to be called when the run has ended.
func drawLive(p *Printer, dir string, spec *pipelines.Spec, s *steps.Settings) (finish func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	live, err := export.NewLive(dir, spec)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "name a folder that can be written to", "--tensorboard")
	}
	p.Say("curves while it trains: tensorboard --logdir %s", dir)
	show := s.OnEvent
	s.OnEvent = func(e pipelines.Event) {
		show(e)
		live.Observe(e)
	}
	return func() error {
		_, err := live.Finish(s.Home)
		return err
	}, nil
}

// trains refuses to draw curves of what trains nothing.
func (o runOptions) trains() error {
	if o.tensorboard == "" || o.preview == "" && !o.dryRun {
		return nil
	}
	return fault.New(fault.Usage, "leave --tensorboard out", "--tensorboard draws curves of nets; --preview and --dry-run train none")
}
