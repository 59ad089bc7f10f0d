package features

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/features/photo"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// PhotoOptions says which photos are taken and what becomes of them.
type PhotoOptions struct {
	// Pattern is which files: train/{label}.{n}.jpg. The words in braces become
	// columns: integers if every value is one, else text. "*" is any text but "/".
	// "" takes every .jpg, .jpeg and .png that is not hidden, however deep it lies.
	Pattern string
	// Join is a CSV file with more columns of the photos, a row a photo: joined on
	// the columns whose names it shares with the pattern, at least one, which tell
	// each photo from the others. Its other columns become columns too, row, name,
	// width and height as list_row and so on. A photo without a row, or with two, is
	// an error; what rows have no photo is in the report. "": none.
	Join    string
	Label   string   // column of classes; "" if there are no labels
	ID      string   // column of ids; "" takes the file's name
	Group   string   // column of groups; "" if there are none
	Classes []string // labels in the order of their numbers; nil: all that are there, sorted

	Photo photo.Options // size, channels, mode and filter
	// Part is which part of a photo is taken, by its name and size, as if it were all
	// of it; nil takes photos whole. Several goroutines call it.
	Part       func(name string, width, height int) photo.Part
	SkipBroken bool  // leave out what cannot be decoded; else it is an error
	ShardBytes int64 // of pixels in one file; default 256 MiB
	MaxFile    int64 // a larger photo, in bytes, counts as broken; default 256 MiB
	Memory     int64 // bytes for decoding, about; default 512 MiB. A photo that needs more is decoded alone
	Workers    int   // goroutines that read and decode; default GOMAXPROCS
	Progress   func(done, total int)
}

// PhotoReport is what became of the photos.
type PhotoReport struct {
	Photos  int      // rows in the shards
	Shards  []string // names of the files, in order
	Classes []string // the label of each class
	Broken  []BrokenPhoto
	Joined  *Joined // nil without PhotoOptions.Join
	Library string  // for JPEGs of an unusual kind: photo.Library
}

// BrokenPhoto is a file that could not be decoded, and why.
type BrokenPhoto struct {
	Name string
	Err  error
}

// PhotoTable is the name of the table that PhotosToImages writes.
const PhotoTable = "photos.arrow"

// PhotosToImages decodes and resizes the photos at source, a zip (which is not
// unpacked), a folder or a single photo, and writes them to the folder dir: image shards, which
// OpenImages opens together, and the table PhotoTable of the same rows with the
// columns row, name, those of the pattern and of PhotoOptions.Join, and the width
// and height of the original. Hidden files and folders, and __MACOSX, are passed
// over; any other photo that lies where the pattern begins and does not match it is
// an error: nothing is left out silently. Photos come in the order of their names. Memory does not grow with
// their number, and the bytes do not depend on Workers.
func PhotosToImages(ctx context.Context, source, dir string, o PhotoOptions) (*PhotoReport, error) {
	o.defaults()
	p, err := parsePattern(o.Pattern)
	if err != nil {
		return nil, err
	}
	if err := o.Photo.Check(); err != nil {
		return nil, err
	}
	src, err := openPhotos(source, p)
	if err != nil {
		return nil, err
	}
	defer src.closer.Close()
	in := &ingest{o: o, p: p, names: slices.Clone(p.columns), files: src.files}
	if o.Join != "" {
		if err := in.join(ctx, o.Join); err != nil {
			return nil, err
		}
	}
	if err := in.columns(); err != nil {
		return nil, err
	}
	if err := in.shards(ctx, dir); err != nil {
		return nil, fmt.Errorf("photos in %s: %w", source, err)
	}
	if len(in.rows) == 0 {
		b := in.report.Broken[0]
		return nil, fmt.Errorf("photos in %s: all %d are broken, the first %.200q: %w", source, len(in.report.Broken), b.Name, b.Err)
	}
	if err := in.table(filepath.Join(dir, PhotoTable)); err != nil {
		return nil, err
	}
	in.report.Photos, in.report.Library = len(in.rows), photo.Library()
	return &in.report, nil
}

func (o *PhotoOptions) defaults() {
	for _, d := range []struct {
		v        *int64
		standard int64
	}{{&o.ShardBytes, 256 << 20}, {&o.MaxFile, 256 << 20}, {&o.Memory, 512 << 20}} {
		if *d.v <= 0 {
			*d.v = d.standard
		}
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Photo.Channels == 0 {
		o.Photo.Channels = 3
	}
}

// ingest is one run of PhotosToImages.
type ingest struct {
	o      PhotoOptions
	p      *pattern
	names  []string // of the columns: the pattern's, and those that were joined
	files  []photoFile
	label  int // one of the columns, -1 for none
	id     int
	group  int
	class  map[string]int
	rows   []photoRow // written
	report PhotoReport
}

// photoRow is a photo in the shards.
type photoRow struct {
	file          int // in ingest.files
	width, height int32
}

// columns finds the columns that the options name, and the classes.
func (in *ingest) columns() (err error) {
	for _, c := range []struct {
		option, name string
		at           *int
	}{{"label", in.o.Label, &in.label}, {"id", in.o.ID, &in.id}, {"group", in.o.Group, &in.group}} {
		*c.at = -1
		if c.name != "" {
			if *c.at, err = in.column(c.option, c.name); err != nil {
				return err
			}
		}
	}
	if in.label < 0 {
		return nil
	}
	if in.report.Classes = in.o.Classes; in.report.Classes == nil {
		in.report.Classes = in.classes()
	}
	in.class = map[string]int{}
	for i, name := range in.report.Classes {
		in.class[name] = i
	}
	for _, f := range in.files {
		if _, ok := in.class[f.values[in.label]]; !ok {
			return fault.New(fault.Failed, "", "photo %.200q: no class %q among %d", f.name, f.values[in.label], len(in.class))
		}
	}
	return nil
}

// column is the place of a column that an option names.
func (in *ingest) column(option, name string) (int, error) {
	i := slices.Index(in.names, name)
	switch {
	case i >= 0:
		return i, nil
	case in.report.Joined != nil:
		return 0, fault.New(fault.Usage, "there are "+someOf(in.names), "photos: no column %q for the %s in the pattern %q or in %s",
			name, option, in.p.text, filepath.Base(in.o.Join))
	}
	return 0, fault.New(fault.Usage, "columns are the words in braces: "+strings.Join(in.names, ", "),
		"photos: no column %q for the %s in the pattern %q", name, option, in.p.text)
}

// classes are the labels that are there: as numbers where all are, else as text.
func (in *ingest) classes() []string {
	seen := map[string]bool{}
	for _, f := range in.files {
		seen[f.values[in.label]] = true
	}
	names := make([]string, 0, len(seen))
	numbers := map[string]int64{}
	for name := range seen {
		names = append(names, name)
		if v, ok := wholeNumber(name); ok {
			numbers[name] = v
		}
	}
	slices.Sort(names)
	if len(numbers) == len(names) {
		slices.SortFunc(names, func(a, b string) int { return int(min(max(numbers[a]-numbers[b], -1), 1)) })
	}
	return names
}

// shards writes all photos, so many to a file.
func (in *ingest) shards(ctx context.Context, dir string) error {
	ph := in.o.Photo
	each := max(int(in.o.ShardBytes/int64(ph.Size())), 1)
	next, stop := iter.Pull2(in.images(ctx))
	defer stop()
	im, err, more := next()
	for more && err == nil {
		name := fmt.Sprintf("images-%05d.arrow", len(in.report.Shards))
		part := func(yield func(Image, error) bool) {
			for n := 0; n < each && more; n++ {
				if !yield(im, err) {
					return
				}
				im, err, more = next()
			}
		}
		if e := WriteImages(ctx, filepath.Join(dir, name), ph.Height, ph.Width, ph.Channels, part, nil); e != nil {
			return e
		}
		in.report.Shards = append(in.report.Shards, name)
	}
	return err
}

// image is row r as the shards have it.
func (in *ingest) image(d *decoded) Image {
	f := &in.files[d.file]
	im := Image{ID: f.name, Pixels: d.pixels, Width: d.info.Width, Height: d.info.Height}
	if in.id >= 0 {
		im.ID = f.values[in.id]
	}
	if in.group >= 0 {
		im.Group = f.values[in.group]
	}
	if in.label >= 0 {
		im.Label, im.HasLabel = in.class[f.values[in.label]], true
	}
	return im
}

// broken counts a photo that cannot be decoded, or stops.
func (in *ingest) broken(d *decoded) error {
	name := in.files[d.file].name
	if !in.o.SkipBroken {
		return fault.Wrap(d.err, fault.Failed, "mend it, take it away, or have broken photos skipped", "photo %.200q", name)
	}
	in.report.Broken = append(in.report.Broken, BrokenPhoto{name, d.err})
	return nil
}

var errEnough = errors.New("no more photos are wanted")
