package sandbox

import (
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

// files lists the data folder, sorted by name.
func (c *competition) files() ([]wire.DataFile, error) {
	all := []wire.DataFile{}
	err := filepath.WalkDir(c.data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(c.data(), path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if plain, ok := strings.CutSuffix(name, ".zip"); ok && slices.Contains(c.ServeZipped, plain) {
			return nil // the zip is only how its file is handed out
		}
		all = append(all, wire.DataFile{Ref: name, Name: name, TotalBytes: info.Size(), CreationDate: wire.Time{Time: info.ModTime()}})
		return nil
	})
	slices.SortFunc(all, func(a, b wire.DataFile) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

func (s *Sandbox) listDataFiles(c *call, in wire.ListDataFilesRequest) (any, error) {
	comp, err := s.find(in.CompetitionName)
	if err != nil {
		return nil, err
	}
	all, err := comp.files()
	if err != nil {
		return nil, err
	}
	page, next, err := paged(s, all, pageOf{token: in.PageToken, size: in.PageSize})
	return wire.ListDataFilesResponse{Files: page, NextPageToken: next}, err
}

// downloadDataFile answers with the signed URL of the file.
func (s *Sandbox) downloadDataFile(c *call, in wire.DownloadDataFileRequest) (any, error) {
	comp, err := s.enterData(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	all, err := comp.files()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(f wire.DataFile) bool { return f.Name == in.FileName }) {
		return nil, apiErrorf(http.StatusNotFound, "File %.200q not found", in.FileName)
	}
	name := in.FileName
	if slices.Contains(comp.ServeZipped, name) {
		name += ".zip"
	}
	s.redirect(c, "/storage/"+comp.name+"/"+name)
	return answered, nil
}

// downloadDataFiles answers with the signed URL of one zip of all files.
func (s *Sandbox) downloadDataFiles(c *call, in wire.Named) (any, error) {
	comp, err := s.enterData(in.CompetitionName, c.user)
	if err != nil {
		return nil, err
	}
	s.redirect(c, bundlePath+comp.name+"/archive.zip")
	return answered, nil
}
