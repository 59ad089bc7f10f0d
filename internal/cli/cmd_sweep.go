package cli

import (
	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines/sweep"
)

type sweepOptions struct {
	pipeline string
	sets     []string
	byFactor bool
	trials   int    // 0: all of a grid, else manyTrials
	sampler  string // "": a grid where the values are listed and few enough, else TPE
	prune    string
	seed     *uint64 // nil: the spec's
	target
}

// manyTrials is how many trials there are where nobody says and the values have no end.
const manyTrials = 20

func sweepCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "sweep", args: "PIPELINE", group: groupPipelines, min: 1, max: 1,
		usage: "try values of a pipeline's keys and keep those with the best CV",
		about: "--set KEY=A,B,C tries these values, --set KEY=FROM..TO numbers between (whole ones where both ends are\n" +
			"whole); with one value it is fixed, as for podium run. Every trial is an ordinary run without a submission,\n" +
			"in podium's ledger like others; what trials have in common is made once. Trials are compared by CV alone,\n" +
			"never by a score of a leaderboard.\n" +
			"--sampler grid tries every combination, random draws them, tpe draws them near what was good so far.\n" +
			"--prune median stops a trial after a fold whose score is worse than the median of that fold in the trials\n" +
			"that finished. A sweep that was stopped or killed goes on with the same command, and with more --trials.",
		examples: []string{
			"podium sweep digit-recognizer --sandbox --set train.lr=0.001..0.02 --log --trials 12 --prune median",
			"podium sweep ./mine.yaml --set train.epochs=4,8 --set models.cnn.net=mnist_bn,mnist_vgg",
			"podium sweep ./mine.yaml --set augment.rotate=0..20 --sampler random --trials 8 --json",
		},
		flags: append(pipelineFlags(),
			&ucli.BoolFlag{Name: "log", Usage: "search ranges of fractions above 0 by factors: as much from 0.001 to 0.01 as from 0.01 to 0.1"},
			&ucli.IntFlag{Name: "trials", Usage: "make `N` trials, with those of before", DefaultText: "all of a grid, else 20"},
			&ucli.StringFlag{Name: "sampler", Usage: "choose values by `SAMPLER`: grid, random, tpe", DefaultText: "grid where it is listed values and --trials has room for all, else tpe"},
			&ucli.StringFlag{Name: "prune", Usage: "stop poor trials early by `RULE`: median", DefaultText: "every trial is finished"},
			&ucli.Uint64Flag{Name: "seed", Usage: "draw the values by the seed `N`", DefaultText: "the spec's"},
			&ucli.StringFlag{Name: "device", Value: "auto", Usage: "compute on `DEVICE`: auto, cpu"},
			&ucli.IntFlag{Name: "threads", Usage: "compute with `N` threads", DefaultText: "all cores"},
		),
		run: func(c *ucli.Context, p *Printer) error {
			precision, err := cpu.ParsePrecision(c.String("precision"))
			if err != nil {
				return err
			}
			o := sweepOptions{
				pipeline: c.Args().First(), sets: c.StringSlice("set"), byFactor: c.Bool("log"), trials: c.Int("trials"),
				sampler: c.String("sampler"), prune: c.String("prune"),
				target: target{c.Bool("sandbox"), c.String("device"), computing{c.Int("threads"), precision}},
			}
			if c.IsSet("trials") && o.trials < 1 {
				return fault.New(fault.Usage, "such as --trials 20", "--trials: want at least 1, got %d", o.trials)
			}
			if c.IsSet("seed") {
				n := c.Uint64("seed")
				o.seed = &n
			}
			return runSweep(c.Context, e, p, o)
		},
	})
}

// howMany settles the sampler and the number of trials.
func (o *sweepOptions) howMany(space sweep.Space) error {
	size := space.Size()
	if o.sampler == "" {
		o.sampler = sweep.TPE
		if size > 0 && (o.trials == 0 && size <= maxGrid || o.trials >= size) {
			o.sampler = sweep.Grid
		}
	}
	switch {
	case o.trials == 0 && o.sampler == sweep.Grid:
		o.trials = size
	case o.trials == 0:
		o.trials = manyTrials
	case o.sampler == sweep.Grid && o.trials < size:
		return fault.New(fault.Usage, "--sampler random, or leave --trials out", "the grid has %d combinations, of which --trials %d would try the first alone", size, o.trials)
	}
	if size > 0 {
		o.trials = min(o.trials, size)
	}
	return nil
}

// maxGrid is the largest grid that is taken unasked.
const maxGrid = 100
