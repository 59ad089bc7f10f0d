package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

func cacheCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "cache", group: groupLocal,
		usage:    "what pipelines keep on disk: size, gc",
		examples: []string{"podium cache size", "podium cache gc --older-than 720h"},
		sub: []*ucli.Command{
			e.command(verb{
				name:     "size",
				usage:    "say how much the store takes",
				examples: []string{"podium cache size", "podium cache size --json"},
				run:      func(_ *ucli.Context, p *Printer) error { return runCacheSize(e, p) },
			}),
			e.command(verb{
				name:  "gc",
				usage: "remove artifacts that were not used for a while",
				about: "What is removed is made again when a pipeline needs it. Downloads, runs, submissions and local\ncompetitions are never touched.",
				examples: []string{
					"podium cache gc", "podium cache gc --older-than 72h", "podium cache gc --older-than 0s --json",
				},
				flags: []ucli.Flag{
					&ucli.DurationFlag{Name: "older-than", Value: 30 * 24 * time.Hour, Usage: "remove what was last used longer ago than `DURATION`"},
				},
				run: func(c *ucli.Context, p *Printer) error {
					return runCacheGC(c.Context, e, p, cacheGCOptions{olderThan: c.Duration("older-than")})
				},
			}),
		},
	})
}

// store opens the store of the process's Home.
func (e *env) store() (*pipelines.Store, error) {
	home, err := e.home()
	if err != nil {
		return nil, err
	}
	store, err := pipelines.Open(home.Store())
	if err != nil && fault.HintOf(err) == "" {
		err = fault.Wrap(err, fault.KindOf(err), "set PODIUM_HOME to a folder that you may write to", "open %s", home.Dir)
	}
	return store, err
}

func runCacheSize(e *env, p *Printer) error {
	store, err := e.store()
	if err != nil {
		return err
	}
	size, err := store.Size()
	if err != nil {
		return err
	}
	result := struct {
		Folder string `json:"folder"`
		pipelines.Size
	}{store.Root(), size}
	return p.Result(result, func(w io.Writer) error {
		t := newTable("what", ">number", ">size")
		t.add("artifacts", fmt.Sprint(size.Artifacts), bytesText(size.Bytes))
		t.add("unfinished work", fmt.Sprint(size.Work), bytesText(size.WorkBytes))
		if err := t.write(w); err != nil {
			return err
		}
		p.Say("in %s", store.Root())
		return nil
	})
}

type cacheGCOptions struct{ olderThan time.Duration }

func runCacheGC(_ context.Context, e *env, p *Printer, o cacheGCOptions) error {
	if o.olderThan < 0 {
		return fault.New(fault.Usage, "podium cache gc --older-than 720h", "--older-than: want a duration of at least 0s, got %s", o.olderThan)
	}
	store, err := e.store()
	if err != nil {
		return err
	}
	freed, err := store.GC(time.Now().Add(-o.olderThan), nil)
	if err != nil {
		return err
	}
	return p.Result(freed, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "removed %d artifacts and %d unfinished steps, %s\n", freed.Artifacts, freed.Work, bytesText(freed.Bytes))
		return err
	})
}
