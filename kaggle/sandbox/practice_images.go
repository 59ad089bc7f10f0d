package sandbox

import (
	"archive/zip"
	"cmp"
	"encoding/csv"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// imageFolder is a folder of images sorted by class. A table of its images,
// written aside, makes it like any other data.
type imageFolder struct {
	dir   string
	index string // path of the table: image, label
	zip   *zip.Writer
}

// imageTypes are the endings of image files.
var imageTypes = []string{".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"}

// labelled is a name that begins with its class: cat.123.jpg.
var labelled = regexp.MustCompile(`^(.+)\.[0-9]+\.[^.]+$`)

// listImages finds the images of a folder, one sub-folder a class, or with
// names as cat.123.jpg, and writes the table of them beside w.dir.
func (w *practiceWriter) listImages(dir string) (*imageFolder, error) {
	m := &imageFolder{dir: dir, index: filepath.Join(filepath.Dir(w.dir), "images.csv")}
	if w.ID != "" || w.Group != "" || w.Target != "" {
		return nil, fault.New(fault.Usage, "a table with the images' names can have such columns",
			"%s holds no CSV file: --target, --id and --group name columns of a table", dir)
	}
	rows, skipped, err := imagesOf(dir)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.Usage, "want train.csv, one sub-folder of images a class, or images with names as cat.1.jpg",
			"%s holds no data that is known: no CSV file and no labelled images", dir)
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return row[1] != rows[0][1] }) {
		return nil, fault.New(fault.Usage, "name the folder that holds one sub-folder for each class", "%s: all %d images are of the class %q", dir, len(rows), rows[0][1])
	}
	if skipped > 0 {
		w.note("files that are no images, or have no class: %d, left out", skipped)
	}
	f, err := os.Create(m.index)
	if err != nil {
		return nil, err
	}
	c := csv.NewWriter(f)
	err = cmp.Or(c.Write([]string{"image", "label"}), c.WriteAll(rows), f.Close())
	return m, err
}

// imagesOf lists image and label, sorted by name.
func imagesOf(dir string) (rows [][]string, skipped int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Usage, "", "read the images")
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			more, err := os.ReadDir(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, 0, fault.Wrap(err, fault.Usage, "", "read the images")
			}
			for _, f := range more {
				if isImage(f) {
					rows = append(rows, []string{path.Join(e.Name(), f.Name()), e.Name()})
				} else {
					skipped++
				}
			}
		case isImage(e) && labelled.MatchString(e.Name()):
			rows = append(rows, []string{e.Name(), labelled.FindStringSubmatch(e.Name())[1]})
		default:
			skipped++
		}
	}
	return rows, skipped, nil
}

func isImage(e os.DirEntry) bool {
	return e.Type().IsRegular() && slices.Contains(imageTypes, strings.ToLower(filepath.Ext(e.Name())))
}

// packed fills a zip in which fill puts images.
func (m *imageFolder) packed(path string, fill func() error) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	m.zip = zip.NewWriter(out)
	return cmp.Or(fill(), m.zip.Close(), out.Close())
}

// packTrain puts the image of a row into the zip under its own name, and says so
// in the row.
func (m *imageFolder) packTrain(row []string) error {
	return m.pack(row, "train/"+row[0])
}

// packTest puts the image of a row into the zip under its id: the name that it
// had may tell its class.
func (m *imageFolder) packTest(row []string, id string) error {
	return m.pack(row, "test/"+id+strings.ToLower(path.Ext(row[0])))
}

// pack compresses nothing: images are compressed.
func (m *imageFolder) pack(row []string, name string) error {
	in, err := os.Open(filepath.Join(m.dir, filepath.FromSlash(row[0])))
	if err != nil {
		return fault.Wrap(err, fault.Usage, "", "read the images")
	}
	defer in.Close()
	out, err := m.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	row[0] = name
	_, err = io.Copy(out, in)
	return err
}
