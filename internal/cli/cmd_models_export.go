package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

func exportCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "export", args: "RUN [MODEL]", min: 1, max: 2,
		usage: "write the nets of a run for PyTorch",
		about: "RUN is a run's id, a part of it that no other has, or latest. MODEL is a model of its spec, or one of its\n" +
			"nets, such as cnn.fold0; without it all are written. Tensors have PyTorch's names and layout; of nets that\n" +
			"torchvision has they are torchvision's. Metadata: architecture, input, class_names, mean, std. To load one:\n\n" +
			"  from safetensors.torch import load_file\n" +
			"  net = torchvision.models.resnet18(num_classes=2)     # or a module of yours with the same layers\n" +
			"  net.load_state_dict(load_file(\"cnn.fold0.safetensors\"))\n\n" +
			"A head on a backbone is joined with it: its layers are head.fc1, head.bn1 and so on, the last is head.fc,\n" +
			"and the backbone's are as in its own net. Images are [N, C, H, W], (value/255 - mean)/std.",
		examples: []string{
			"podium models export latest", "podium models export latest cnn.fold0 -o cnn.safetensors",
			"podium models export dogs-vs-cats lite -o nets/lite.safetensors",
		},
		flags: []ucli.Flag{
			&ucli.StringFlag{Name: "output", Aliases: []string{"o"}, DefaultText: "NET.safetensors each", Usage: "write it to `FILE`; of several nets, each to FILE with its name before the ending"},
			&ucli.BoolFlag{Name: "force", Usage: "overwrite files that are there"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			return runExport(e, p, c.Args().Get(0), c.Args().Get(1), exportTo{c.String("output"), c.Bool("force")})
		},
	})
}

func runExport(e *env, p *Printer, id, model string, to exportTo) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	run, err := steps.OpenRun(home.Store(), id)
	if err != nil {
		return err
	}
	nets, err := run.Export(model, to.file)
	if err != nil {
		return err
	}
	return p.Result(struct {
		Run  string           `json:"run"`
		Nets []steps.Exported `json:"nets"`
	}{run.ID, nets}, func(w io.Writer) error {
		for _, n := range nets {
			if _, err := fmt.Fprintln(w, n.File); err != nil {
				return err
			}
		}
		return nil
	})
}

// exportTo says where nets go.
type exportTo struct {
	output string
	force  bool
}

// file is the file of one of so many nets.
func (t exportTo) file(net string, nets int) (string, error) {
	path := t.output
	switch ending := filepath.Ext(path); {
	case path == "":
		path = net + ".safetensors"
	case nets > 1:
		path = strings.TrimSuffix(path, ending) + "." + net + ending
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return path, notThere("models export", path, t.force)
}
