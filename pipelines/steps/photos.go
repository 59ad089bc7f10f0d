package steps

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newPhotos decodes the photos of an archive, which is not unpacked, to the size
// at which nets see them. label is the column of classes, "" for test photos.
func newPhotos(spec *pipelines.Spec, p pipelines.Photos, label string) pipelines.Op {
	d := spec.Data
	params := map[string]any{"pattern": p.Pattern, "label": label, "height": d.H, "width": d.W, "resize": d.Resize}
	o := features.PhotoOptions{Pattern: p.Pattern, Label: label, Photo: photoOptions(d)}
	inputs := []pipelines.Port{{Name: "file", Kind: kindFile}}
	if label == "" {
		o.ID = d.ID
		params["id"] = d.ID
	}
	joins := label != "" && d.Join != ""
	if joins {
		inputs = append(inputs, pipelines.Port{Name: "join", Kind: kindFile})
	}
	return funcOp{
		op: op{name: "photos", version: 2, params: params, in: inputs,
			out: []pipelines.Port{{Name: "images", Kind: kindImages, File: "images"},
				{Name: "classes", Kind: kindClasses, File: "classes.json"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			dir := env.Path("images")
			if err := os.Mkdir(dir, 0o755); err != nil {
				return pipelines.Report{}, err
			}
			o.Progress = func(done, total int) {
				env.Progress(float64(done)/float64(max(total, 1)), fmt.Sprintf("photo %d of %d", done, total), nil)
			}
			if joins {
				o.Join = in.Path("join")
			}
			report, err := features.PhotosToImages(ctx, in.Path("file"), dir, o)
			if err != nil {
				return pipelines.Report{}, err
			}
			out := pipelines.Report{
				Metrics: map[string]float64{"images": float64(report.Photos)},
				Notes:   map[string]string{"decoder": report.Library, "shards": strconv.Itoa(len(report.Shards))},
			}
			if label != "" {
				out.Metrics["classes"] = float64(len(report.Classes))
			}
			if text := absent(d.Join, report.Joined); text != "" {
				out.Notes[pipelines.NoteTold] = text
			}
			return out, writeJSON(env.Path("classes"), report.Classes)
		},
	}
}

// absent tells of rows of a joined table without a photo, "" if there are none.
func absent(table string, j *features.Joined) string {
	if j == nil || j.Absent == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d rows of %s are of no photo, the first with %s", j.Absent, j.Rows, table, j.First)
}

// photoOptions are what becomes of a photo.
func photoOptions(d pipelines.Data) photo.Options {
	return photo.Options{Height: d.H, Width: d.W, Mode: resizeModes[d.Resize]}
}

// resizeModes are the language's words for what becomes of a photo's proportions.
var resizeModes = map[string]photo.Mode{"squash": photo.Squash, "crop": photo.Crop, "fit": photo.Fit}
