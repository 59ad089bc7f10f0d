package cli

import (
	"encoding/csv"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func csvFlag() ucli.Flag {
	return &ucli.BoolFlag{Name: "csv", Usage: "print the result as CSV on stdout; the columns are the fields of --json"}
}

// oneFormat refuses --csv beside --json.
func oneFormat(c *ucli.Context) error {
	if c.Bool("csv") && c.Bool("json") {
		return fault.New(fault.Usage, seeHelp(c.Command), "%s: want --csv or --json, got both", c.Command.HelpName)
	}
	return nil
}

// CSV writes what a command found to stdout as CSV: what is not known is empty,
// control characters are left out.
func (p *Printer) CSV(names []string, rows [][]string) error {
	p.Progress().wipe()
	w := csv.NewWriter(p.out)
	if err := w.Write(names); err != nil {
		return err
	}
	for _, row := range rows {
		for i := range row {
			row[i] = printable(row[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
