package steps

import (
	"context"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newTable turns a CSV file into a typed Arrow table.
func newTable(spec *pipelines.Spec) pipelines.Op {
	px := spec.Data.Pixels
	params := map[string]any{"pixels": px.Columns}
	return funcOp{
		op: op{name: "table", version: 1, params: params,
			in:  []pipelines.Port{{Name: "file", Kind: kindFile}},
			out: []pipelines.Port{{Name: "table", Kind: kindTable, File: "table.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			o := features.CSVOptions{Types: []features.ColumnType{{Glob: px.Columns, Type: features.Uint8}}}
			info, err := features.CSVToIPC(ctx, in.Path("file"), env.Path("table"), o)
			return pipelines.Report{Metrics: map[string]float64{"rows": float64(info.Rows)}}, err
		},
	}
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
			o := features.PixelOptions{Columns: px.Columns, H: px.H, W: px.W, C: px.C, Label: label, ID: spec.Data.ID}
			err = features.TableToImages(ctx, t, o, env.Path("images"))
			return pipelines.Report{Metrics: map[string]float64{"images": float64(t.NumRows())}}, err
		},
	}
}
