package steps

import (
	"context"
	"fmt"
	"io"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newClusters puts training photos together that look alike, so that a split can keep
// them together: frames of one camera, one boat, one place. No label goes into it. The
// picture beside the clusters is for people.
func newClusters() pipelines.Op {
	return funcOp{
		op: op{name: "clusters", version: 1,
			in: []pipelines.Port{{Name: "images", Kind: kindImages}},
			out: []pipelines.Port{{Name: "clusters", Kind: kindClusters, File: "clusters.arrow"},
				{Name: "sheet", Kind: kindSheet, File: "clusters.png"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			images, err := features.OpenImages(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			thumbs, err := features.NewThumbs(ctx, images, nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			c, err := thumbs.Cluster(ctx, func(done, total int) {
				// Each image is compared with those that are left.
				left := float64(total-done) / float64(total)
				env.Progress(1-left*left, fmt.Sprintf("photo %d of %d", done, total), nil)
			})
			if err != nil {
				return pipelines.Report{}, err
			}
			largest := 0
			for _, n := range c.Sizes {
				largest = max(largest, n)
			}
			if err := atomicfile.Write(env.Path("sheet"), 0o644, func(w io.Writer) error { return features.WriteClusters(w, images, c) }); err != nil {
				return pipelines.Report{}, err
			}
			return pipelines.Report{
				Metrics: map[string]float64{"clusters": float64(len(c.Sizes)), "largest": float64(largest), "apart": float64(c.Apart)},
				Notes:   map[string]string{pipelines.NoteLook: "clusters.png"},
			}, frame{names: []string{"cluster"}, ints: [][]int64{wide(c.Of)}}.write(env.Path("clusters"))
		},
	}
}

// readClusters is the cluster of each training photo, as a word.
func readClusters(path string) ([]string, error) {
	f, err := readFrame(path, "cluster")
	if err != nil {
		return nil, err
	}
	groups := make([]string, len(f.ints[0]))
	for i, c := range f.ints[0] {
		groups[i] = fmt.Sprint(c)
	}
	return groups, nil
}
