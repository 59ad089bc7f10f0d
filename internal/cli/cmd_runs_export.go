package cli

import (
	"fmt"
	"io"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines/export"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
)

// exportResult is what `runs export --json` prints.
type exportResult struct {
	RunID   *string    `json:"run_id"` // null of the whole table
	Written []exported `json:"written"`
}

// exported is what was written in one format.
type exported struct {
	Format string `json:"format"` // the name of the flag: tensorboard, mlflow
	Path   string `json:"path"`   // file or folder
}

func runsExportVerb(e *env) verb {
	return verb{
		name: "export", args: "[RUN]", max: 1,
		usage: "hand a run, or the table of all, over to another tool",
		about: "--csv and --arrow write the table of runs and submissions, or RUN's row of it, with the fields of podium runs list\n" +
			"--json as columns; Arrow files are read by pandas.read_feather and polars.read_ipc. The others want a RUN.\n" +
			"--tensorboard writes event files: loss, learning rate and seconds of each net by epoch, CV, scores and the values\n" +
			"of the spec. podium run --tensorboard writes more, while it trains. Open them with: tensorboard --logdir DIR\n" +
			"--mlflow writes MLflow's file store: the same as metrics and parameters, with tags and the files of the run's\n" +
			"folder as artifacts; the competition is the experiment. Open it with: mlflow ui --backend-store-uri DIR; MLflow 3\n" +
			"wants MLFLOW_ALLOW_FILE_STORE=true for it, or takes it over with mlflow migrate-filestore. Both may be made again.",
		examples: []string{"podium runs export --csv runs.csv --arrow runs.arrow", "podium runs export latest --tensorboard tb", "podium runs export latest --mlflow mlruns"},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "csv", Usage: "write the table as CSV into `FILE`"},
			&ucli.StringFlag{Name: "arrow", Usage: "write the table as an Arrow IPC file (Feather) `FILE`"},
			&ucli.StringFlag{Name: "tensorboard", Usage: "write event files into a folder of the run's in `DIR`"},
			&ucli.StringFlag{Name: "mlflow", Usage: "write the run into MLflow's file store `DIR`, made where it is not there"},
		},
		run: func(c *ucli.Context, p *Printer) error { return runRunsExport(e, c, p) },
	}
}

func runRunsExport(e *env, c *ucli.Context, p *Printer) error {
	name := c.Args().First()
	tables, runs := c.String("csv") != "" || c.String("arrow") != "", c.String("tensorboard") != "" || c.String("mlflow") != ""
	switch {
	case !tables && !runs && name == "":
		return fault.New(fault.Usage, "podium runs export --csv runs.csv", "say in which format: --csv FILE, --arrow FILE, or of a RUN --tensorboard DIR or --mlflow DIR")
	case !tables && !runs:
		return fault.New(fault.Usage, "podium runs export "+name+" --tensorboard tb", "say in which format: --csv FILE, --arrow FILE, --tensorboard DIR or --mlflow DIR")
	case runs && name == "":
		return fault.New(fault.Usage, "podium runs export latest --tensorboard tb", "--tensorboard and --mlflow want a RUN")
	}
	out := exportResult{RunID: textOrNil(name)}
	if tables {
		if err := exportTable(e, p, c, &out); err != nil {
			return err
		}
	}
	if runs {
		if err := exportRun(e, p, c, &out); err != nil {
			return err
		}
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

// exportTable writes the table, or the row of one run.
func exportTable(e *env, p *Printer, c *ucli.Context, out *exportResult) error {
	table, err := e.table(p)
	if err != nil {
		return err
	}
	rows := table.Rows
	if name := c.Args().First(); name != "" {
		r, err := e.row(table, name)
		if err != nil {
			return err
		}
		rows, out.RunID = []ledger.Row{r}, &r.RunID
	}
	for _, format := range []struct {
		name  string
		write func(io.Writer, []ledger.Row) error
	}{{"csv", ledger.WriteCSV}, {"arrow", ledger.WriteArrow}} {
		path := c.String(format.name)
		if path == "" {
			continue
		}
		if err := atomicfile.Write(path, 0o644, func(w io.Writer) error { return format.write(w, rows) }); err != nil {
			return fault.Disk(err, path)
		}
		out.Written = append(out.Written, exported{format.name, path})
	}
	p.Say("%d runs and submissions", len(rows))
	return nil
}

// exportRun writes a run for the tools that look at runs.
func exportRun(e *env, p *Printer, c *ucli.Context, out *exportResult) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	run, err := export.Open(home.Dir, c.Args().First())
	if err != nil {
		return err
	}
	out.RunID = &run.ID
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
	return nil
}
