package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine/ref"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

func inspectCommand(e *env) *ucli.Command {
	return e.command(verb{
		name: "inspect", args: "FILE|NET", min: 1, max: 1,
		usage: "show the tensors of a weight file, or the layers of a net",
		about: "Files of safetensors and of PyTorch's torch.save are read. Nothing in them is run: a file that asks for more\nthan tensors is refused, and the error says what it asked for.",
		examples: []string{
			"podium models inspect resnet50", "podium models inspect efficientnet_lite0 --size 160 --classes 2",
			"podium models inspect weights.pth --json",
		},
		flags: []ucli.Flag{
			&ucli.IntFlag{Name: "size", Value: 224, Usage: "of a net: height and width of the images, `PIXELS`"},
			&ucli.IntFlag{Name: "channels", Value: 3, Usage: "of a net: 3 for colour, 1 for grey, `N`"},
			&ucli.IntFlag{Name: "classes", Value: 1000, Usage: "of a net: `N` classes"},
		},
		run: func(c *ucli.Context, p *Printer) error {
			what := c.Args().First()
			arch, err := zoo.Lookup(what)
			if _, found := os.Stat(what); found == nil || err != nil && strings.ContainsAny(what, "./\\") {
				return runInspectFile(p, what)
			}
			if err != nil {
				return fault.Wrap(err, fault.Usage, fault.HintOf(err), "no file %s", what)
			}
			return runInspectNet(p, arch, c.Int("size"), c.Int("channels"), c.Int("classes"))
		},
	})
}

// tensorRow is a tensor of a file.
type tensorRow struct {
	Name  string `json:"name"`
	DType string `json:"dtype"`
	Shape []int  `json:"shape"`
}

func runInspectFile(p *Printer, path string) error {
	r, err := weight.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	rows, values := []tensorRow{}, 0
	for _, i := range r.Infos() {
		rows = append(rows, tensorRow{i.Name, i.DType, i.Shape})
		values += i.Elements()
	}
	result := struct {
		File    string            `json:"file"`
		Format  string            `json:"format"`
		Meta    map[string]string `json:"meta"`
		Values  int               `json:"values"`
		Tensors []tensorRow       `json:"tensors"`
	}{path, r.Format(), r.Meta(), values, rows}
	return p.Result(result, func(w io.Writer) error {
		t := newTable("tensor", "dtype", ">values", "shape")
		for i, info := range r.Infos() {
			t.add(info.Name, info.DType, fmt.Sprint(info.Elements()), shapeText(rows[i].Shape))
		}
		if err := t.write(w); err != nil {
			return err
		}
		p.Say("%s: %d tensors, %d values", r.Format(), len(rows), values)
		return nil
	})
}

// layerRow is an operation of a net.
type layerRow struct {
	Layer      string  `json:"layer"`
	Kind       string  `json:"kind"`
	Parameters int     `json:"parameters"`
	FLOPs      float64 `json:"flops"` // of one image, forwards
}

func runInspectNet(p *Printer, arch zoo.Arch, size, channels, classes int) error {
	net := graph.NewNet(graph.NewState(ref.New(), 1), graph.Eval, 1)
	x, err := net.Compile(arch.Build(net, net.Input(size, size, channels), classes))
	if err != nil {
		return fault.Wrap(err, fault.Usage, "try another size: podium models inspect "+arch.Name+" --size 224", "%s on images of %dx%dx%d", arch.Name, size, size, channels)
	}
	of, trainable := map[string]int{}, 0
	for _, q := range net.State().Trainable() {
		of[q.Name[:strings.LastIndex(q.Name, ".")]] += q.Size()
		trainable += q.Size()
	}
	rows := []layerRow{}
	for _, o := range x.Ops() {
		rows = append(rows, layerRow{o.Layer, o.Kind, of[o.Layer], o.FLOPs})
	}
	result := struct {
		Net        string     `json:"net"`
		Paper      string     `json:"paper"`
		Input      [3]int     `json:"input"`
		Classes    int        `json:"classes"`
		Parameters int        `json:"parameters"`
		FLOPs      float64    `json:"flops"`
		Cuts       []string   `json:"cuts"`
		Layers     []layerRow `json:"layers"`
	}{arch.Name, arch.Paper, [3]int{size, size, channels}, classes, trainable, x.FLOPs(), net.Marks(), rows}
	return p.Result(result, func(w io.Writer) error {
		t := newTable("layer", "kind", ">parameters", ">MFLOP")
		for _, r := range rows {
			t.add(orDash(r.Layer), r.Kind, fmt.Sprint(r.Parameters), fmt.Sprintf("%.1f", r.FLOPs/1e6))
		}
		if err := t.write(w); err != nil {
			return err
		}
		p.Say("%s: %d parameters, %.2f GFLOP for an image of %dx%dx%d (a multiply-add counts as two)", arch.Name, trainable, x.FLOPs()/1e9, size, size, channels)
		if marks := net.Marks(); len(marks) > 0 {
			p.Say("it can be cut at any layer, and at %s", strings.Join(marks, ", "))
		}
		return nil
	})
}

// shapeText is a shape as people write it: 64x3x7x7.
func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	words := make([]string, len(shape))
	for i, d := range shape {
		words[i] = fmt.Sprint(d)
	}
	return strings.Join(words, "x")
}
