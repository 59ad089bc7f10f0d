package cli

import (
	"context"
	"slices"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// staleDownloads is what a run must force when a sandbox hands out other data
// than it did: sandbox add has made the competition anew. The pattern takes all
// downloads, so that train, test and sample belong together; what is made of a
// file that stayed the same is not made again. Kaggle's data is not asked about:
// it does not change under its name.
func (e *env) staleDownloads(ctx context.Context, s *server, competition string) ([]string, error) {
	if s.name != submissions.Sandbox {
		return nil, nil
	}
	store, err := e.store()
	if err != nil {
		return nil, err
	}
	artifacts, err := store.List()
	if err != nil || len(artifacts) == 0 {
		return nil, err
	}
	files, err := s.Client.Files(ctx, competition)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	for _, f := range files {
		sizes[f.Name] = f.Size
	}
	for _, a := range artifacts {
		if a.Manifest.Op != "download" || !slices.Contains(a.Manifest.Origins, sandbox.Origin(competition)) {
			continue
		}
		for _, f := range a.Manifest.Files {
			if size, known := sizes[f.Name]; known && size != f.Size {
				return []string{"download.*"}, nil
			}
		}
	}
	return nil, nil
}
