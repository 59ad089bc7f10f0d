package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	ucli "github.com/urfave/cli/v2"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// previewFile is where the picture of `run --preview` goes; "" without --preview.
func previewFile(c *ucli.Context) (string, error) {
	file, hint := c.String("output"), "podium run "+c.Args().First()+" --preview -o FILE.png"
	switch {
	case !c.Bool("preview") && file != "":
		return "", fault.New(fault.Usage, hint, "--output: it is where --preview draws; a run keeps its files in its own folder")
	case !c.Bool("preview"):
		return "", nil
	case c.Bool("submit") || c.Bool("dry-run"):
		return "", fault.New(fault.Usage, "leave --submit and --dry-run out", "--preview draws training images; it submits nothing and runs no further step")
	case file == "":
		name := filepath.Base(c.Args().First())
		return strings.TrimSuffix(name, filepath.Ext(name)) + "-preview.png", nil
	}
	return file, isPicture(file, hint)
}

// isPicture refuses, before the work, to write a picture over what is most likely
// something else, or into a folder that is not there.
func isPicture(file, hint string) error {
	if strings.ToLower(filepath.Ext(file)) != ".png" {
		return fault.New(fault.Usage, hint, "--output: want the name of a PNG file, got %q", file)
	}
	return hasFolder(file, hint)
}

// hasFolder says that there is no folder for a file to be written.
func hasFolder(file, hint string) error {
	if st, err := os.Stat(filepath.Dir(file)); err != nil || !st.IsDir() {
		return fault.New(fault.Usage, hint, "--output: there is no folder %s", filepath.Dir(file))
	}
	return nil
}

func runPreview(ctx context.Context, p *Printer, spec *pipelines.Spec, s steps.Settings, file string) error {
	out, err := steps.Preview(ctx, spec, s, file)
	if err != nil {
		return err
	}
	if p.JSON() {
		return p.Line(out)
	}
	p.Progress().wipe()
	for _, part := range out.Parts {
		p.Say("%s: augment %s", strings.Join(part.Models, ", "), part.Augment)
	}
	p.Say("%d training images, each plain and in %d augmented versions", out.Images, out.Variants)
	_, err = fmt.Fprintln(p.out, out.File)
	return err
}
