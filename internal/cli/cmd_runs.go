package cli

import (
	ucli "github.com/urfave/cli/v2"
)

func runsCommand(e *env) *ucli.Command {
	list := runsListVerb(e)
	return e.command(verb{
		name: "runs", group: groupPipelines,
		usage:    "what happened: every run and submission with its scores, its place and what was changed",
		about:    "Without a command it lists them, as podium runs list does. RUN is a run's id, a part of it that no other has,\nor latest.",
		examples: []string{"podium runs list", "podium runs show latest", "podium runs compare latest"},
		flags:    runsListFlags(),
		run:      list.run,
		sub: []*ucli.Command{
			e.command(list),
			e.command(runsShowVerb(e)),
			e.command(runsCompareVerb(e)),
			e.command(runsWhyVerb(e)),
			e.command(runsWatchVerb(e)),
			e.command(runsExportVerb(e)),
			e.command(runsReportVerb(e)),
		},
	})
}
