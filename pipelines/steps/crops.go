package steps

import (
	"context"
	"fmt"
	"os"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// cropMargin is how much more than a box is cut out, as a share of its sides on each
// of the four: boxes are predicted, and what is around a thing tells of it.
const cropMargin = 0.2

// smallestCrop is the least width and height of a crop as a share of the photo's: a
// box that a net made nothing of still shows a part of the photo.
const smallestCrop = 0.1

// newCrops decodes the photos of an archive again, cut to the boxes that a model has
// found, and brings them to the size at which nets see them: a row for each row of the
// whole photos. Proportions stay: a crop is widened to those of the nets' images.
func newCrops(spec *pipelines.Spec, p pipelines.Photos) pipelines.Op {
	d := spec.Data
	return funcOp{
		op: op{name: "crops", version: 1,
			params: map[string]any{"pattern": p.Pattern, "height": d.H, "width": d.W, "resize": d.Resize, "margin": cropMargin, "smallest": smallestCrop},
			in:     []pipelines.Port{{Name: "file", Kind: kindFile}, {Name: "images", Kind: kindImages}, {Name: "boxes", Kind: kindBoxes}},
			out:    []pipelines.Port{{Name: "images", Kind: kindImages, File: "images"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			photos, err := sizedPhotos(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			boxes, err := readFrame(in.Path("boxes"), "row")
			if err != nil {
				return pipelines.Report{}, err
			}
			dir := env.Path("images")
			if err := os.Mkdir(dir, 0o755); err != nil {
				return pipelines.Report{}, err
			}
			c := cutting{source: in.Path("file"), pattern: p.Pattern, photos: photos, boxes: boxes, progress: func(done, total int) {
				env.Progress(float64(done)/float64(max(total, 1)), fmt.Sprintf("photo %d of %d", done, total), nil)
			}}
			return pipelines.Report{Metrics: map[string]float64{"images": float64(len(photos))}}, c.write(ctx, dir, d)
		},
	}
}

// cutting cuts photos to boxes.
type cutting struct {
	source     string // zip, folder or photo
	pattern    string // of the photos in it
	photos     []features.SizedPhoto
	boxes      frame // a row a photo, shares of the sides
	skipBroken bool  // what cannot be decoded is none of the photos
	progress   func(done, total int)
}

// write writes the photos, in their order, to image shards in the folder dir.
func (c cutting) write(ctx context.Context, dir string, d pipelines.Data) error {
	if len(c.photos) != c.boxes.rows() || len(c.boxes.boxes) != 4*c.boxes.rows() {
		return fmt.Errorf("crops: want a box for each of %d photos, got %d", len(c.photos), c.boxes.rows())
	}
	row := make(map[string]int, len(c.photos))
	for i, p := range c.photos {
		row[p.Name] = i
	}
	ratio := float64(d.W) / float64(d.H)
	report, err := features.PhotosToImages(ctx, c.source, dir, features.PhotoOptions{Pattern: c.pattern, Photo: photoOptions(d),
		SkipBroken: c.skipBroken, Progress: c.progress,
		Part: func(name string, w, h int) photo.Part {
			i, ok := row[name]
			if !ok {
				return photo.Part{} // it was not there before: no part, an error
			}
			return cropOf(c.boxes.box(i), w, h, ratio)
		}})
	if err == nil && report.Photos != len(c.photos) {
		err = fault.New(fault.Failed, "has it changed?", "crops of %s: want %d photos, got %d", c.source, len(c.photos), report.Photos)
	}
	return err
}

// cropOf is the part of a photo of w x h around a box, whose values are shares of the
// sides: with a margin, not too small, of the proportions ratio (width to height), and
// in the photo, which may take the proportions away again.
func cropOf(b features.Box, w, h int, ratio float64) photo.Part {
	fw, fh := float64(w), float64(h)
	cw := max(b.W*(1+2*cropMargin), smallestCrop) * fw
	ch := max(b.H*(1+2*cropMargin), smallestCrop) * fh
	cw, ch = max(cw, ch*ratio), max(ch, cw/ratio)
	cw, ch = min(cw, fw), min(ch, fh)
	x := min(max((b.X+b.W/2)*fw-cw/2, 0), fw-cw)
	y := min(max((b.Y+b.H/2)*fh-ch/2, 0), fh-ch)
	return photo.Part{X0: x, Y0: y, X1: min(x+cw, fw), Y1: min(y+ch, fh)}
}
