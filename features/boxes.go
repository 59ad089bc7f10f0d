package features

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Box is a rectangle in a photo, in pixels from its upper left corner.
type Box struct{ X, Y, W, H float64 }

// Area is the box's, in pixels.
func (b Box) Area() float64 { return b.W * b.H }

// Has says whether the point lies in the box.
func (b Box) Has(x, y float64) bool { return x >= b.X && x <= b.X+b.W && y >= b.Y && y <= b.Y+b.H }

// IoU is the area that two boxes share over the area that they cover, 0 to 1: 0
// where one of them is empty.
func (b Box) IoU(o Box) float64 {
	w := min(b.X+b.W, o.X+o.W) - max(b.X, o.X)
	h := min(b.Y+b.H, o.Y+o.H) - max(b.Y, o.Y)
	if !(w > 0 && h > 0) {
		return 0
	}
	return w * h / (b.Area() + o.Area() - w*h)
}

// BoxedPhoto is an entry of a file of boxes.
type BoxedPhoto struct {
	Photo string // as the file calls it, perhaps with folders
	Boxes []Box  // each of positive size; not compared with the photo
	Other int    // annotations that are no rectangles, such as points
	Line  int    // of the file, where the entry begins
}

// maxBoxFile bounds a file of boxes, which is in memory as long as it is read: some
// hundred times what the boxes of 3,777 photos take.
const maxBoxFile = 256 << 20

// ReadBoxes reads the file of boxes at path, which errors call name. It is the JSON
// that Kagglers share for photos and that the labelling tool sloth writes: a list of
// {"filename": "img_1.jpg", "annotations": [{"class": "rect", "x": 1, "y": 2,
// "width": 3, "height": 4}, ...]}; other keys do not matter, and neither do
// annotations of another class than rect. A photo may have no annotation. What is
// wrong with the file is a fault with its line.
func ReadBoxes(path, name string) ([]BoxedPhoto, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBoxFile+1))
	if err != nil {
		return nil, fmt.Errorf("boxes in %s: %w", name, err)
	}
	if len(text) > maxBoxFile {
		return nil, fault.New(fault.Failed, "split it", "boxes in %s: want at most %d bytes", name, maxBoxFile)
	}
	return parseBoxes(text, name)
}

// boxFile is a file of boxes that is being read.
type boxFile struct {
	name string
	text []byte
	at   int // up to where line has counted
	line int
}

// parseBoxes reads text, the content of the file called name.
func parseBoxes(text []byte, name string) ([]BoxedPhoto, error) {
	f := &boxFile{name: name, text: text, line: 1}
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, f.corrupt(err, 0)
	}
	if all == nil {
		return nil, f.bad(0, "want a list of photos, got null")
	}
	var out []BoxedPhoto
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil { // the list's [: the text was checked
		return nil, f.corrupt(err, 0)
	}
	for i := range all {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, f.corrupt(err, 0)
		}
		all[i] = nil
		p, err := f.photo(raw, int(d.InputOffset())-len(raw))
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// boxEntry is the JSON of a photo. What a pointer to is nil was not there.
type boxEntry struct {
	Filename    *string           `json:"filename"`
	Annotations []json.RawMessage `json:"annotations"`
}

type boxAnnotation struct {
	Class  string   `json:"class"`
	X      *float64 `json:"x"`
	Y      *float64 `json:"y"`
	Width  *float64 `json:"width"`
	Height *float64 `json:"height"`
}

// photo reads an entry, which begins at byte start.
func (f *boxFile) photo(raw []byte, start int) (BoxedPhoto, error) {
	var e boxEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		return BoxedPhoto{}, f.corrupt(err, start)
	}
	if e.Filename == nil || *e.Filename == "" {
		return BoxedPhoto{}, f.bad(start, "the photo has no filename")
	}
	p := BoxedPhoto{Photo: *e.Filename, Line: f.lineOf(start)}
	for i, raw := range e.Annotations {
		var a boxAnnotation
		if err := json.Unmarshal(raw, &a); err != nil {
			return BoxedPhoto{}, f.bad(start, "photo %.200q, annotation %d: %w", p.Photo, i+1, err)
		}
		if a.Class != "" && a.Class != "rect" {
			p.Other++
			continue
		}
		for _, v := range []struct {
			key string
			is  *float64
		}{{"x", a.X}, {"y", a.Y}, {"width", a.Width}, {"height", a.Height}} {
			if v.is == nil {
				return BoxedPhoto{}, f.bad(start, "photo %.200q, box %d has no %s", p.Photo, i+1, v.key)
			}
		}
		b := Box{*a.X, *a.Y, *a.Width, *a.Height}
		if !(b.W > 0 && b.H > 0) {
			return BoxedPhoto{}, f.bad(start, "photo %.200q, box %d: want a width and height above 0, got %g and %g", p.Photo, i+1, b.W, b.H)
		}
		p.Boxes = append(p.Boxes, b)
	}
	return p, nil
}

// lineOf is the line of byte at. Entries come in order, so that all lines together
// are counted once.
func (f *boxFile) lineOf(at int) int {
	if at = min(at, len(f.text)); at < f.at {
		f.at, f.line = 0, 1
	}
	f.line += bytes.Count(f.text[f.at:at], []byte("\n"))
	f.at = at
	return f.line
}

// bad is a fault of what begins at byte at.
func (f *boxFile) bad(at int, format string, args ...any) error {
	return fault.Wrap(fmt.Errorf(format, args...), fault.Failed, "mend that entry of "+f.name+", or take it out", "boxes in %s, line %d", f.name, f.lineOf(at))
}

// corrupt is a fault of JSON that begins at byte start.
func (f *boxFile) corrupt(err error, start int) error {
	at := int64(0)
	if s := (*json.SyntaxError)(nil); errors.As(err, &s) {
		at = s.Offset
	} else if t := (*json.UnmarshalTypeError)(nil); errors.As(err, &t) {
		at = t.Offset
	}
	offset := start + int(at)
	return fault.Wrap(err, fault.Failed, `want a list of {"filename": ..., "annotations": [{"x": ..., "y": ..., "width": ..., "height": ...}]}`,
		"boxes in %s, line %d, byte %d: not what is wanted", f.name, f.lineOf(offset), offset)
}
