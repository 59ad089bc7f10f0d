package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/submissions"
)

type blendOptions struct {
	files        []string
	how, weights string
	output       string
	force        bool
	numbers      bool
}

func blendCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "blend", args: "A.csv B.csv [C.csv ...]", group: groupPipelines, min: 2, max: -1,
		usage: "make one submission of several",
		about: "Rows are matched by id and columns by name, in whatever order; every file must have the same. The result\n" +
			"has the form of the first file.\n\n" +
			"  mean       the arithmetic mean\n" +
			"  geometric  the geometric mean; probabilities stay probabilities\n" +
			"  rank       the mean of the ranks within each column: for AUC, and for files on different scales. Ranks are\n" +
			"             no probabilities: a log loss of them is a bad one\n" +
			"  vote       the answer with the most weight, for labels; a tie goes to the file named first, so name the\n" +
			"             best one first\n\n" +
			"Weights need not sum to one. Weights that are chosen by the cross-validation score, and members that were\n" +
			"made elsewhere, are a matter of pipelines: blend: {weights: auto, also: {...}} in a spec.",
		examples: []string{
			"podium blend vgg.csv resnet.csv",
			"podium blend best.csv other.csv third.csv --how geometric --weights 2,1,1 -o blend.csv",
			"podium blend a.csv b.csv c.csv --how vote",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "how", Value: "mean", Usage: "`WAY` to blend: " + strings.Join(submissions.MixHows(), ", ")},
			&ucli.StringFlag{Name: "weights", Usage: "one number a file, in their order: `W,W,...`", DefaultText: "equal"},
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "blend.csv", Usage: "write it to `FILE`"},
			&ucli.BoolFlag{Name: "numbers", Usage: "whole numbers are quantities, not labels"},
			&ucli.BoolFlag{Name: "force", Usage: "overwrite a file that is there"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runBlend(e, p, blendOptions{
				files: c.Args().Slice(), how: c.String("how"), weights: c.String("weights"), output: c.String("output"),
				force: c.Bool("force"), numbers: c.Bool("numbers"),
			})
		},
	})
}

// blendResult is what `blend --json` prints.
type blendResult struct {
	How     string      `json:"how"`
	Files   []blendFile `json:"files"`
	Output  string      `json:"output"`
	Rows    int         `json:"rows"`
	Columns int         `json:"columns"` // of answers
	Digest  string      `json:"digest"`
	Origins []string    `json:"origins"` // inherited from files that podium made; none known: empty
}

type blendFile struct {
	File   string  `json:"file"`
	Weight float64 `json:"weight"` // they sum to one
}

func runBlend(e *env, p *Printer, o blendOptions) error {
	weights, err := parseWeights(o.weights)
	if err != nil {
		return err
	}
	if err := checkOutput(o); err != nil {
		return err
	}
	mixed, err := submissions.Mix{How: o.how, Weights: weights, Numbers: o.numbers}.Files(o.files, o.output)
	if err != nil {
		return err
	}
	out := blendResult{How: o.how, Output: o.output, Rows: mixed.Rows, Columns: mixed.Columns}
	var of []string
	for i, path := range o.files {
		out.Files = append(out.Files, blendFile{path, mixed.Weights[i]})
		sum, err := digest.File(path)
		if err != nil {
			return err
		}
		of = append(of, sum)
	}
	if out.Digest, err = digest.File(o.output); err != nil {
		return err
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	if out.Origins, err = home.Ledger().Inherit(time.Now(), out.Digest, of); err != nil {
		return err
	}
	if out.Origins == nil {
		out.Origins = []string{}
	}
	return p.Result(out, func(w io.Writer) error {
		p.Say("%s of %d files, %d rows", o.how, len(out.Files), out.Rows)
		if o.how == "rank" {
			p.Say("%s ranks keep the order of rows only: right for AUC, wrong for a log loss", p.paint(bold, "note:"))
		}
		_, err := fmt.Fprintln(w, out.Output)
		return err
	})
}

// checkOutput keeps a file that is there, above all those to be read.
func checkOutput(o blendOptions) error {
	for _, path := range o.files {
		if filepath.Clean(path) == filepath.Clean(o.output) {
			return fault.New(fault.Usage, "name another file with -o FILE", "blend: %s is one of the files to blend", o.output)
		}
	}
	return notThere("blend", o.output, o.force)
}

// notThere keeps a file that is there, unless one insists.
func notThere(command, file string, force bool) error {
	if _, err := os.Stat(file); !force && !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Usage, "--force overwrites it, -o FILE names another", "%s: %s is there already", command, file)
	}
	return hasFolder(file, "-o FILE names another place")
}

// parseWeights reads "2,1"; nil for none.
func parseWeights(text string) ([]float64, error) {
	if text == "" {
		return nil, nil
	}
	var out []float64
	for _, word := range strings.Split(text, ",") {
		w, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return nil, fault.New(fault.Usage, "one number a file, such as --weights 2,1", "--weights: want numbers, got %q", word)
		}
		out = append(out, w)
	}
	return out, nil
}
