package pipelines

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Photos are image files of a competition: those in Archive whose path fits
// Pattern. "train.zip/train/{label}.{n}.jpg" is the archive train.zip and the
// pattern train/{label}.{n}.jpg in it.
type Photos struct {
	Archive string
	Pattern string // braces match within one part of the path and become columns
}

func (p Photos) String() string {
	if p.Archive == "" {
		return ""
	}
	return p.Archive + "/" + p.Pattern
}

var (
	photosForm = regexp.MustCompile(`^([\pL\pN_][\pL\pN_ ./()+-]*\.zip)/([\pL\pN_{][\pL\pN_ ./()+{}-]*)$`)
	braceForm  = regexp.MustCompile(`\{([a-z][a-z0-9_]{0,31})\}`)
)

// Columns are the names in the pattern's braces, in order.
func (p Photos) Columns() []string {
	var names []string
	for _, m := range braceForm.FindAllStringSubmatch(p.Pattern, -1) {
		names = append(names, m[1])
	}
	return names
}

// parsePhotos reads text; false if it is not an archive and a pattern with at
// least one column, each named once, and no other brace.
func parsePhotos(text string) (Photos, bool) {
	m := photosForm.FindStringSubmatch(text)
	if m == nil || len(text) > 255 || strings.Contains(text, "}{") {
		return Photos{}, false
	}
	p := Photos{m[1], m[2]}
	seen := map[string]bool{}
	for _, name := range p.Columns() {
		if seen[name] {
			return Photos{}, false
		}
		seen[name] = true
	}
	return p, len(seen) > 0 && !strings.ContainsAny(braceForm.ReplaceAllString(m[2], ""), "{}")
}

const wantPhotos = "an archive and a pattern in it such as train.zip/train/{label}.{n}.jpg"

// photos reads a pattern.
func photos(into *Photos) value {
	return value{
		want: wantPhotos,
		read: func(n *node) (ok bool) {
			if n.tag != "!!str" {
				return false
			}
			*into, ok = parsePhotos(n.text)
			return ok
		},
		show: func() *yaml.Node { return showText(into.String()) },
	}
}

// testData reads a file of rows, or a pattern of photos.
func testData(d *Data) value {
	rows, files := text(&d.Test, "", fileForm), photos(&d.TestImages)
	return value{
		want: "a file of the competition such as test.csv, or " + wantPhotos,
		read: func(n *node) bool {
			if strings.ContainsAny(n.text, "{}") {
				return files.read(n)
			}
			return rows.read(n)
		},
		show: func() *yaml.Node {
			if d.TestImages.Archive != "" {
				return files.show()
			}
			return rows.show()
		},
	}
}

var sizeForm = regexp.MustCompile(`^([1-9][0-9]{0,3})(?:x([1-9][0-9]{0,3}))?$`)

// maxSide bounds photos at work: 16 times what nets are made for.
const maxSide = 4096

// size is N for a square or "HEIGHTxWIDTH".
func size(h, w *int) value {
	return value{
		want: fmt.Sprintf("a side in pixels such as 224, or HEIGHTxWIDTH such as 360x640, of at most %d", maxSide),
		read: func(n *node) bool {
			m := sizeForm.FindStringSubmatch(n.text)
			if m == nil {
				return false
			}
			*h, _ = strconv.Atoi(m[1])
			*w = *h
			if m[2] != "" {
				*w, _ = strconv.Atoi(m[2])
			}
			return *h <= maxSide && *w <= maxSide
		},
		show: func() *yaml.Node {
			switch {
			case *h == 0:
				return nil
			case *h == *w:
				return plain("!!int", strconv.Itoa(*h))
			}
			return showText(fmt.Sprintf("%dx%d", *h, *w))
		},
	}
}

// data: rows are in tables, or photos in archives; what belongs to the other
// kind is an error.
func (d *decoder) data(s *Spec) {
	at := d.src.at["data"]
	photos := d.given("data.images")
	if photos == d.given("data.table") {
		d.add(at, "data", "such as {table: train.csv, test: test.csv, pixels: pixel* 28x28x1}, or {images: \"train.zip/train/{label}.{n}.jpg\", test: \"test.zip/test/{id}.jpg\", size: 224}",
			"want either table or images")
		return
	}
	kind, needs, not := "table", []string{"pixels"}, []string{"size", "resize", "join"}
	if photos {
		kind, needs, not = "images", []string{"size"}, []string{"pixels"}
	}
	for _, key := range needs {
		if !d.given("data." + key) {
			d.add(at, "data", "", "key %q is missing, which %s needs", key, kind)
		}
	}
	for _, key := range not {
		if d.given("data." + key) {
			d.add(d.src.at["data."+key], "data."+key, "leave it out", "%s has no %s", kind, key)
		}
	}
	if at, ok := d.src.at["data.test"]; ok && photos != (s.Data.TestImages.Archive != "") {
		if photos {
			d.add(at, "data.test", "such as test.zip/test/{id}.jpg", "want a pattern of photos, as images is one, got %q", s.Data.Test)
		} else {
			d.add(at, "data.test", "such as test.csv", "want a table, as the training rows are in one, got %q", s.Data.TestImages.String())
		}
		return
	}
	if photos {
		d.photos(s)
	}
}

// photoColumns are the columns that a table of photos has whatever the pattern:
// features has them too, and a test of the steps compares.
var photoColumns = []string{"row", "name", "width", "height"}

// taken: a pattern must not name a column that photos have anyway.
func (d *decoder) taken(path string, names []string) {
	for _, name := range names {
		if slices.Contains(photoColumns, name) {
			d.add(d.src.at[path], path, fmt.Sprintf("another word does, such as {%s_}", name),
				"the name {%s} is taken: every photo has %s", name, strings.Join(photoColumns, ", "))
		}
	}
}

// photos checks that the columns that photos give are those that are asked for.
func (d *decoder) photos(s *Spec) {
	if s.Data.Resize == "" {
		s.Data.Resize = "squash"
	}
	train, test := s.Data.Images.Columns(), s.Data.TestImages.Columns()
	d.taken("data.images", train)
	d.taken("data.test", test)
	if at, ok := d.src.at["target.column"]; ok && !slices.Contains(train, s.Target.Column) && s.Data.Join == "" {
		d.add(at, "target.column", "", "want a column of data.images (%s), got %q%s", strings.Join(train, ", "), s.Target.Column, orNear(s.Target.Column, train))
	}
	switch at, ok := d.src.at["data.id"]; {
	case ok && !slices.Contains(test, s.Data.ID):
		d.add(at, "data.id", "", "want a column of data.test (%s), got %q%s", strings.Join(test, ", "), s.Data.ID, orNear(s.Data.ID, test))
	case !ok && slices.Contains(test, "id"):
		s.Data.ID = "id"
	case !ok && len(test) > 1:
		d.add(d.src.at["data.test"], "data.test", "such as id: "+test[0], "it has the columns %s: want data.id to say which one names a row of the submission", strings.Join(test, ", "))
	case !ok && len(test) == 1:
		s.Data.ID = test[0]
	}
}
