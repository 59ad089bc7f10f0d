package features

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// SizedPhoto is a photo as it was before it was brought to a size.
type SizedPhoto struct {
	Name          string // its path in the zip or folder
	Width, Height int
}

// BoxFile is a file of boxes that was read.
type BoxFile struct {
	Name   string
	Photos []BoxedPhoto
}

// BoxReport is what became of the boxes.
type BoxReport struct {
	Boxes    int      // that lie in photos
	Photos   int      // with a box
	Without  int      // photos without one
	Twice    int      // entries beyond a photo's first: their boxes were added to its
	Clipped  int      // boxes that were cut at the photo's edge
	Others   int      // annotations that are no rectangles, left out
	Unknown  int      // entries of photos that are not there, left out
	Examples []string // of Unknown, a few
}

// boxSlack is how far a box may reach beyond an edge, as a share of the photo's side:
// hands that draw boxes at the edge of a screen overshoot. It is cut off and counted;
// what reaches further is of another photo or another size, which is an error.
const boxSlack = 0.05

// AlignBoxes gives the boxes of each photo, the largest first, in its pixels. A photo
// is found by its file's name, and by the folders where two have the same. A box that
// does not lie in its photo, a name that fits several photos and files that fit none
// at all are faults.
func AlignBoxes(photos []SizedPhoto, files []BoxFile) ([][]Box, BoxReport, error) {
	var report BoxReport
	of := make([][]Box, len(photos))
	seen := make([]bool, len(photos))
	byBase := map[string][]int{}
	for i, p := range photos {
		base := path.Base(p.Name)
		byBase[base] = append(byBase[base], i)
	}
	entries := 0
	for _, f := range files {
		for _, p := range f.Photos {
			entries++
			report.Others += p.Other
			i, err := findPhoto(photos, byBase, f.Name, p)
			if err != nil {
				return nil, report, err
			}
			if i < 0 {
				if report.Unknown++; len(report.Examples) < 3 {
					report.Examples = append(report.Examples, p.Photo)
				}
				continue
			}
			if seen[i] {
				report.Twice++
			}
			seen[i] = true
			for k, b := range p.Boxes {
				in, err := b.within(photos[i])
				if err != nil {
					return nil, report, fault.Wrap(err, fault.Failed, fmt.Sprintf("up to %g %% of a side is cut off; mend that entry, or take it out", 100*boxSlack),
						"boxes in %s, line %d: photo %.200q, box %d", f.Name, p.Line, p.Photo, k+1)
				}
				if in != b {
					report.Clipped++
				}
				of[i] = append(of[i], in)
			}
		}
	}
	if entries > 0 && report.Unknown == entries {
		return nil, report, fault.New(fault.Failed, "photos have names such as "+photos[0].Name,
			"boxes in %s: none of %d photos is among the training photos, the first is %.200q", files[0].Name, entries, report.Examples[0])
	}
	for _, boxes := range of {
		slices.SortStableFunc(boxes, func(a, b Box) int { return cmp.Compare(b.Area(), a.Area()) })
		if len(boxes) > 0 {
			report.Photos++
			report.Boxes += len(boxes)
		}
	}
	report.Without = len(photos) - report.Photos
	return of, report, nil
}

// findPhoto is the photo that an entry is of, -1 for none.
func findPhoto(photos []SizedPhoto, byBase map[string][]int, file string, p BoxedPhoto) (int, error) {
	name := strings.ReplaceAll(p.Photo, `\`, "/")
	fits := byBase[path.Base(name)]
	for parts := strings.Split(path.Clean(name), "/"); len(fits) > 1 && len(parts) > 1; parts = parts[1:] {
		// The longest end of the name that photos end with tells them apart.
		tail := strings.Join(parts, "/")
		var same []int
		for _, i := range fits {
			if at := photos[i].Name; at == tail || strings.HasSuffix(at, "/"+tail) {
				same = append(same, i)
			}
		}
		if len(same) > 0 {
			fits = same
			break
		}
	}
	switch len(fits) {
	case 0:
		return -1, nil
	case 1:
		return fits[0], nil
	}
	return 0, fault.New(fault.Failed, "name it with its folder",
		"boxes in %s, line %d: photo %.200q may be %s or %s", file, p.Line, p.Photo, photos[fits[0]].Name, photos[fits[1]].Name)
}

// within is the part of the box that lies in the photo.
func (b Box) within(p SizedPhoto) (Box, error) {
	w, h := float64(p.Width), float64(p.Height)
	x1, y1 := b.X+b.W, b.Y+b.H
	in := Box{max(b.X, 0), max(b.Y, 0), min(x1, w), min(y1, h)}
	in.W -= in.X
	in.H -= in.Y
	dx, dy := boxSlack*w, boxSlack*h
	if !(b.X >= -dx && b.Y >= -dy && x1 <= w+dx && y1 <= h+dy && in.W > 0 && in.H > 0) {
		return in, fmt.Errorf("the box %gx%g at (%g, %g) does not lie in the photo of %dx%d", b.W, b.H, b.X, b.Y, p.Width, p.Height)
	}
	if in.X == b.X && in.Y == b.Y && x1 <= w && y1 <= h {
		return b, nil // not rounded
	}
	return in, nil
}
