package kaggle

import (
	"cmp"
	"context"
	"path"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// File is one of a competition's data files.
type File struct {
	Name        string // path inside the competition, with "/"
	Size        int64  // bytes, as listed
	Created     time.Time
	Description string
}

// Files lists a competition's data files, every page.
func (c *Client) Files(ctx context.Context, slug string) ([]File, error) {
	var all []File
	err := c.pages("list files", slug, func(token string) (string, error) {
		var page wire.ListDataFilesResponse
		in := wire.ListDataFilesRequest{CompetitionName: slug, PageToken: token, PageSize: wire.MaxPageSize}
		r := request{op: "list files", method: wire.ListDataFiles, competition: slug, in: in, read: true}
		if err := c.call(ctx, r, &page); err != nil {
			return "", c.explain(ctx, err, slug)
		}
		for _, f := range page.Files {
			all = append(all, File{Name: cmp.Or(f.Name, f.Ref), Size: f.TotalBytes, Created: f.CreationDate.Time, Description: f.Description})
		}
		return page.NextPageToken, nil
	})
	return all, err
}

// matching are the files that any of the globs takes; no globs take all. A
// glob is matched, as path.Match does it, against the whole name, the base name
// and every folder that the file is in: images takes all below images. A glob
// that takes nothing is an error (fault.Usage).
func matching(files []File, globs []string) ([]File, error) {
	if len(globs) == 0 {
		return files, nil
	}
	used := make([]bool, len(globs))
	var some []File
	for _, f := range files {
		hit := false
		for i, g := range globs {
			taken, err := takes(g, f.Name)
			if err != nil {
				return nil, fault.New(fault.Usage, `use *, ? and [a-z]; quote the glob: -f "*.csv"`, "bad glob %q", g)
			}
			if taken {
				used[i], hit = true, true
			}
		}
		if hit {
			some = append(some, f)
		}
	}
	for i, g := range globs {
		if !used[i] {
			return nil, fault.New(fault.Usage, "podium files lists the names", "no file matches %q", g)
		}
	}
	return some, nil
}

// takes says whether a glob takes the file called name.
func takes(glob, name string) (bool, error) {
	glob = strings.TrimSuffix(glob, "/")
	base, err := path.Match(glob, path.Base(name))
	for at := name; err == nil && !base && at != "." && at != "/"; at = path.Dir(at) {
		base, err = path.Match(glob, at)
	}
	return base, err
}
