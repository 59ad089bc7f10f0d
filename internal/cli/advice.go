package cli

import (
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// advice is what is most likely wrong in a spec: an event of `podium run --json`.
type advice struct {
	Time  time.Time `json:"time"`
	Event string    `json:"event"` // "advice"
	pipelines.Problem
}

// advise tells what is most likely wrong in a spec, before it runs.
func advise(p *Printer, spec *pipelines.Spec) error {
	for _, a := range spec.Advice() {
		if p.JSON() {
			if err := p.Line(advice{time.Now(), "advice", a}); err != nil {
				return err
			}
			continue
		}
		p.Say("%s %s", p.paint(bold, "advice:"), a.Advice())
	}
	return nil
}

// advisedView is a plan with what is most likely wrong in its spec.
type advisedView struct {
	pipelines.View
	Advice []pipelines.Problem `json:"advice,omitempty"`
}
