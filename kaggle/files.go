package kaggle

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
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
			all = append(all, File{Name: first(f.Name, f.Ref), Size: f.TotalBytes, Created: f.CreationDate.Time, Description: f.Description})
		}
		return page.NextPageToken, nil
	})
	return all, err
}

// matching are the files that any of the globs takes; no globs take all. A
// glob is matched, as path.Match does it, against the whole name and against
// the base name. A glob that takes nothing is an error (fault.Usage).
func matching(files []File, globs []string) ([]File, error) {
	if len(globs) == 0 {
		return files, nil
	}
	used := make([]bool, len(globs))
	var some []File
	for _, f := range files {
		hit := false
		for i, g := range globs {
			whole, err := path.Match(g, f.Name)
			if err != nil {
				return nil, fault.New(fault.Usage, `use *, ? and [a-z]; quote the glob: -f "*.csv"`, "bad glob %q", g)
			}
			base, _ := path.Match(g, path.Base(f.Name))
			if whole || base {
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

// errEscape is the cause of a name that leads out of the target folder.
var errEscape = errors.New("name leads out of the folder")

// localPath is where the file called name goes under dir. A server's name is
// not trusted: it must stay inside dir on every system, so ".." and absolute
// names, backslashes, drive letters and control characters are refused.
func localPath(dir, name string) (string, error) {
	bad := name == "" || strings.ContainsAny(name, "\\:") || path.IsAbs(name) || !filepath.IsLocal(filepath.FromSlash(name))
	for _, r := range name {
		bad = bad || r < 0x20 || r == 0x7f
	}
	for _, part := range strings.Split(name, "/") {
		bad = bad || part == ".." || part == "." || part == "" || hiddenPart(part)
	}
	if bad {
		return "", fmt.Errorf("file %q: %w", name, errEscape)
	}
	return filepath.Join(dir, filepath.FromSlash(name)), nil
}
