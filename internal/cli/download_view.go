package cli

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/kaggle"
)

// fetchFile downloads one file to dest, with a bar, and says where it is.
func fetchFile(ctx context.Context, p *Printer, client *kaggle.Client, comp, name, dest string) (string, error) {
	bar, at := p.Progress().BeginBytes(name, 0), int64(0)
	got, err := client.Download(ctx, comp, name, dest, func(done, total int64) {
		at = done
		bar.SetBytes(done, total)
	})
	endBytes(bar, at, err)
	return got.Path, err
}

// downloadView shows how far a download is: one bar over all files, and above
// it one while a zip is fetched whole or unpacked.
type downloadView struct {
	p *Printer

	files *Bar // nil until a file is fetched
	inner *Bar // nil but while there is one
	what  string
	now   kaggle.DownloadProgress // of inner
	last  kaggle.DownloadProgress // of files
}

func (v *downloadView) at(s kaggle.DownloadProgress) {
	switch what := s.Doing + " " + s.File; s.Doing {
	case "wait":
		v.p.Say("another process downloads the same; waiting for it")
	case "download":
		v.endInner(nil)
		if s.File == "" && v.files == nil {
			return // what is there needs no bar
		}
		if v.files == nil {
			v.files = v.p.Progress().BeginBytes("download", s.Total)
		}
		v.files.Note(fmt.Sprintf("%d of %d: %s", min(s.Ended+1, s.Files), s.Files, s.File))
		v.files.SetBytes(s.Done, s.Total)
		v.last = s
	default:
		if v.inner != nil && v.what != what {
			v.endInner(nil)
		}
		if v.inner == nil {
			v.inner, v.what = v.p.Progress().BeginBytes(v.innerName(s), s.Total), what
		}
		v.inner.SetBytes(s.Done, s.Total)
		v.now = s
	}
}

func (v *downloadView) innerName(s kaggle.DownloadProgress) string {
	switch {
	case s.Doing == "bundle":
		return "download all as one zip"
	case s.File == "":
		return "unpack all"
	}
	return "unpack " + s.File
}

func (v *downloadView) endInner(err error) {
	endBytes(v.inner, v.now.Done, err)
	v.inner = nil
}

func (v *downloadView) end(err error) {
	v.endInner(err)
	endBytes(v.files, v.last.Done, err)
}

// endBytes ends the bar of a transfer, if there is one.
func endBytes(b *Bar, done int64, err error) {
	switch {
	case b == nil:
	case err != nil:
		b.Fail("after " + bytesText(done))
	default:
		b.End(bytesText(done))
	}
}
