package sandbox

import (
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// listDataTreeFiles gives what lies in one folder: first its folders, then its
// files, both by name.
func (s *Sandbox) listDataTreeFiles(c *call, in wire.ListDataTreeFilesRequest) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	all, err := comp.files()
	if err != nil {
		return nil, err
	}
	in.Path = strings.Trim(in.Path, "/")
	dirs, files := children(all, in.Path)
	if len(dirs)+len(files) == 0 && in.Path != "" {
		return nil, apiErrorf(http.StatusNotFound, "Folder %.200q not found", in.Path)
	}
	type child struct {
		dir  *wire.Directory
		file *wire.TreeFile
	}
	var both []child
	for i := range dirs {
		both = append(both, child{dir: &dirs[i]})
	}
	for i := range files {
		both = append(both, child{file: &files[i]})
	}
	page, next, err := paged(s, both, pageOf{token: in.PageToken, size: in.PageSize})
	out := wire.DirectoryContent{
		Directories: []wire.Directory{}, Files: []wire.TreeFile{}, NextPageToken: next,
		TotalChildren: len(both), TotalDirectories: len(dirs), TotalFiles: len(files),
	}
	for _, one := range page {
		if one.dir != nil {
			out.Directories = append(out.Directories, *one.dir)
		} else {
			out.Files = append(out.Files, *one.file)
		}
	}
	return out, err
}

// children are the folders and files directly in folder ("" is the outermost)
// of a list that is sorted by name, in which a folder's files stand together.
func children(all []wire.DataFile, folder string) (dirs []wire.Directory, files []wire.TreeFile) {
	inner := map[string]bool{} // folders inside the last of dirs
	for _, f := range all {
		rest, ok := inFolder(f.Name, folder)
		if !ok {
			continue
		}
		name, below, deeper := strings.Cut(rest, "/")
		if !deeper {
			files = append(files, wire.TreeFile{Name: name, CreationDate: f.CreationDate, TotalBytes: f.TotalBytes, RelativeURL: f.Name})
			continue
		}
		if len(dirs) == 0 || dirs[len(dirs)-1].Name != name {
			dirs = append(dirs, wire.Directory{Name: name, RelativeURL: path.Join(folder, name)})
			clear(inner)
		}
		last := &dirs[len(dirs)-1]
		if sub, _, deeper := strings.Cut(below, "/"); !deeper {
			last.TotalFiles++
		} else if !inner[sub] {
			inner[sub] = true
			last.TotalDirectories++
		} else {
			continue
		}
		last.TotalChildren++
	}
	return dirs, files
}

// inFolder cuts folder from the front of a file's name.
func inFolder(name, folder string) (rest string, ok bool) {
	if folder == "" {
		return name, true
	}
	return strings.CutPrefix(name, folder+"/")
}

// getDataFilesSummary counts files by the end of their names, and the columns
// of the CSV files, of whose types it knows nothing.
func (s *Sandbox) getDataFilesSummary(c *call, in wire.Named) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	all, err := comp.files()
	if err != nil {
		return nil, err
	}
	out := wire.FilesSummary{
		FileSummaryInfo:   wire.FileSummary{TotalFileCount: len(all), FileTypes: []wire.FileKind{}},
		ColumnSummaryInfo: wire.ColumnSummary{ColumnTypes: []wire.ColumnKind{}},
	}
	for _, f := range all {
		kinds := &out.FileSummaryInfo.FileTypes
		ext := path.Ext(f.Name)
		at := slices.IndexFunc(*kinds, func(k wire.FileKind) bool { return k.Extension == ext })
		if at < 0 {
			at = len(*kinds)
			*kinds = append(*kinds, wire.FileKind{Extension: ext})
		}
		(*kinds)[at].FileCount++
		(*kinds)[at].TotalSize += f.TotalBytes
		if ext == ".csv" {
			out.ColumnSummaryInfo.TotalColumnCount += columns(filepath.Join(comp.data(), filepath.FromSlash(f.Name)))
		}
	}
	return out, nil
}

// columns counts the columns of a CSV file; of one that is none there are 0.
func columns(file string) int {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	t, err := openTable(f)
	if err != nil {
		return 0
	}
	return len(t.header)
}
