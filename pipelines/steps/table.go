package steps

import (
	"context"
	"slices"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// dataRefs are what the steps over the competition's files make.
type dataRefs struct {
	train, test pipelines.Ref // images
	table       pipelines.Ref // of the training rows, where they are in one
	classes     pipelines.Ref // of photos; tables have classes 0, 1, 2, ...
	sample      pipelines.Ref

	// Of photos; those that no model of the spec needs are not there.
	files            [2]pipelines.Ref // archives of the training and the test photos
	sizes, testSizes pipelines.Ref    // the sizes that they had
	boxes, allBoxes  pipelines.Ref    // of the training photos: the largest, and all
}

// addData adds the steps from the competition's files to images.
func addData(b *pipelines.Builder, d *Deps, spec *pipelines.Spec) (out dataRefs) {
	files := map[string]pipelines.Ref{} // one archive may hold all photos
	file := func(id, name string) pipelines.Ref {
		if _, ok := files[name]; !ok {
			files[name] = b.Add("download."+id, newDownload(d, spec.Competition, name), 0).Out("file")
		}
		return files[name]
	}
	table := func(id, name, label string) (table, images pipelines.Ref) {
		table = b.Add("table."+id, newTable(spec), 0, file(id, name).To("file")).Out("table")
		return table, b.Add("images."+id, newImages(spec, label), 0, table.To("table")).Out("images")
	}
	if data := spec.Data; !data.Photos() {
		out.table, out.train = table("train", data.Table, spec.Target.Column)
		_, out.test = table("test", data.Test, "")
	} else {
		from := []pipelines.Edge{file("train", data.Images.Archive).To("file")}
		if data.Join != "" {
			from = append(from, file("join", data.Join).To("join"))
		}
		train := b.Add("images.train", newPhotos(spec, data.Images, spec.Target.Column), 0, from...)
		test := b.Add("images.test", newPhotos(spec, data.TestImages, ""), 0, file("test", data.TestImages.Archive).To("file"))
		out.train, out.classes, out.test = train.Out("images"), train.Out("classes"), test.Out("images")
		out.files = [2]pipelines.Ref{file("train", data.Images.Archive), file("test", data.TestImages.Archive)}
		out.addBeside(b, d, spec)
	}
	out.sample = file("sample", spec.Data.Sample)
	return out
}

// addBeside adds what is known of photos beside their pixels, as far as it is asked for.
func (out *dataRefs) addBeside(b *pipelines.Builder, d *Deps, spec *pipelines.Spec) {
	if slices.ContainsFunc(spec.Models, func(m pipelines.Model) bool { return len(m.Inputs) > 0 }) {
		sizes := b.Add("sizes.train", newSizes(), 0, out.train.To("images"))
		out.sizes = sizes.Out("sizes")
		out.testSizes = b.Add("sizes.test", newTestSizes(), 0, out.test.To("images"), out.sizes.To("sizes")).Out("sizes")
	}
	if spec.Data.Boxes != "" {
		files := b.Add("download.boxes", newAnnotations(d, spec), 0)
		boxes := b.Add("boxes", newBoxes(), 0, out.train.To("images"), files.Out("files").To("files"))
		out.boxes, out.allBoxes = boxes.Out("boxes"), boxes.Out("all")
	}
}

// newTable turns a CSV file into a typed Arrow table.
func newTable(spec *pipelines.Spec) pipelines.Op {
	px := spec.Data.Pixels
	params := map[string]any{"pixels": px.Columns}
	return funcOp{
		op: op{name: "table", version: 1, params: params,
			in:  []pipelines.Port{{Name: "file", Kind: kindFile}},
			out: []pipelines.Port{{Name: "table", Kind: kindTable, File: "table.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			info, err := features.CSVToIPC(ctx, in.Path("file"), env.Path("table"), tableOptions(px))
			return pipelines.Report{Metrics: map[string]float64{"rows": float64(info.Rows)}}, err
		},
	}
}

// tableOptions: pixels are bytes.
func tableOptions(px pipelines.Pixels) features.CSVOptions {
	return features.CSVOptions{Types: []features.ColumnType{{Glob: px.Columns, Type: features.Uint8}}}
}

// pixelOptions are where an image is in a row; label is the column of classes, "" for
// rows without.
func pixelOptions(spec *pipelines.Spec, label string) features.PixelOptions {
	px := spec.Data.Pixels
	return features.PixelOptions{Columns: px.Columns, H: px.H, W: px.W, C: px.C, Label: label, ID: spec.Data.ID}
}

// newImages turns the pixel columns of a table into an image shard. label is the
// column of classes, "" for a test table.
func newImages(spec *pipelines.Spec, label string) pipelines.Op {
	px := spec.Data.Pixels
	params := map[string]any{"pixels": px.Columns, "height": px.H, "width": px.W, "channels": px.C, "label": label, "id": spec.Data.ID}
	return funcOp{
		op: op{name: "images", version: 1, params: params,
			in:  []pipelines.Port{{Name: "table", Kind: kindTable}},
			out: []pipelines.Port{{Name: "images", Kind: kindImages, File: "images.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			t, err := features.OpenTable(in.Path("table"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer t.Close()
			err = features.TableToImages(ctx, t, pixelOptions(spec, label), env.Path("images"))
			return pipelines.Report{Metrics: map[string]float64{"images": float64(t.NumRows())}}, err
		},
	}
}
