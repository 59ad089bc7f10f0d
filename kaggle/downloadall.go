package kaggle

import "context"

// DownloadAll gets every file that a glob takes (all files without globs) into
// dir, keeping the competition's folders. progress, which may be nil, also
// gets the file's name. It ends at the first error; what was fetched stays.
func (c *Client) DownloadAll(ctx context.Context, slug, dir string, globs []string, progress func(file string, done, total int64)) ([]Downloaded, error) {
	files, err := c.Files(ctx, slug)
	if err != nil {
		return nil, err
	}
	if files, err = matching(files, globs); err != nil {
		return nil, err
	}
	paths := make([]string, len(files))
	for i, f := range files { // all names first: nothing is fetched of a list that cannot be trusted
		if paths[i], err = localPath(dir, f.Name); err != nil {
			return nil, &Error{Op: "download", Competition: slug, Err: err}
		}
	}
	var done []Downloaded
	for i, f := range files {
		each := func(int64, int64) {}
		if progress != nil {
			each = func(n, total int64) { progress(f.Name, n, total) }
		}
		got, err := c.download(ctx, &transfer{slug: slug, file: f.Name, dest: paths[i], listed: f.Size, progress: each})
		if err != nil {
			return done, err
		}
		done = append(done, got)
	}
	return done, nil
}
