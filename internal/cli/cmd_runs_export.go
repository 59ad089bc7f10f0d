package cli

import (
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines/export"
)

// exportResult is what `runs export --json` prints.
type exportResult struct {
	RunID   string     `json:"run_id"`
	Written []exported `json:"written"`
}

// exported is what was written in one format.
type exported struct {
	Format string `json:"format"` // the name of the flag: tensorboard, mlflow
	Path   string `json:"path"`   // file or folder
}

func runsExportVerb(e *env) verb {
	return verb{
		name: "export", args: "RUN", min: 1, max: 1,
		usage: "hand a run over to another tool",
		about: "--tensorboard writes event files: loss, learning rate and seconds of each net by epoch, CV, scores and the values\n" +
			"of the spec. podium run --tensorboard writes more, while it trains. Open them with: tensorboard --logdir DIR\n" +
			"--mlflow writes MLflow's file store: the same as metrics and parameters, with tags and the files of the run's\n" +
			"folder as artifacts; the competition is the experiment. Open it with: mlflow ui --backend-store-uri DIR; MLflow 3\n" +
			"wants MLFLOW_ALLOW_FILE_STORE=true for it, or takes it over with mlflow migrate-filestore. Both may be made again.",
		examples: []string{"podium runs export latest --tensorboard tb", "podium runs export latest --mlflow mlruns"},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "tensorboard", Usage: "write event files into a folder of the run's in `DIR`"},
			&ucli.StringFlag{Name: "mlflow", Usage: "write the run into MLflow's file store `DIR`, made where it is not there"},
		},
		run: func(c *ucli.Context, p *Printer) error { return runRunsExport(e, c, p) },
	}
}

func runRunsExport(e *env, c *ucli.Context, p *Printer) error {
	if c.String("tensorboard") == "" && c.String("mlflow") == "" {
		return fault.New(fault.Usage, "podium runs export "+c.Args().First()+" --tensorboard tb", "say in which format: --tensorboard DIR or --mlflow DIR")
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	run, err := export.Open(home.Dir, c.Args().First())
	if err != nil {
		return err
	}
	out := exportResult{RunID: run.ID}
	for _, format := range []struct {
		name  string
		write func(string) (string, error)
		open  string
	}{
		{"tensorboard", run.TensorBoard, "tensorboard --logdir %s"},
		{"mlflow", run.MLflow, "MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri %s"},
	} {
		dir := c.String(format.name)
		if dir == "" {
			continue
		}
		path, err := format.write(dir)
		if err != nil {
			return err
		}
		out.Written = append(out.Written, exported{format.name, path})
		p.Say("to look at it: "+format.open, dir)
	}
	return p.Result(out, func(w io.Writer) error {
		for _, x := range out.Written {
			if _, err := fmt.Fprintln(w, x.Path); err != nil {
				return err
			}
		}
		return nil
	})
}
