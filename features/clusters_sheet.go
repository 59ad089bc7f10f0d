package features

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"slices"
)

// How a sheet of clusters is laid out.
const (
	sheetClusters = 40  // the largest ones
	sheetMembers  = 8   // of each, spread over it from its first image to its last
	memberSide    = 112 // pixels of the longer side on the sheet
)

// WriteClusters draws the largest clusters of images as a PNG, a line each: some of its
// images, with the number that c gives it and how many it has. A person sees at once
// whether what is in a line is of one scene, and whether two lines are.
func WriteClusters(dst io.Writer, m *Images, c Clusters) error {
	pen, err := newPen()
	if err != nil {
		return err
	}
	order := make([]int, len(c.Sizes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.Sizes[b], c.Sizes[a]) })
	order = order[:min(len(order), sheetClusters)]
	rows := rowsOf(c.Of, len(c.Sizes))
	long := max(m.H(), m.W())
	h, w := max(m.H()*memberSide/long, 1), max(m.W()*memberSide/long, 1)
	line := pen.height + h + sheetGap
	out := image.NewRGBA(image.Rect(0, 0, 2*sheetMargin+sheetMembers*(w+sheetGap), 2*sheetMargin+pen.height+sheetGap+len(order)*line))
	draw.Draw(out, out.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	wide := out.Bounds().Dx() - 2*sheetMargin
	heading := fmt.Sprintf("%d clusters of %d images; in one: at most %d of %d cells of the thumbnail differ", len(c.Sizes), len(c.Of), c.Apart, ThumbCells)
	if more := len(c.Sizes) - len(order); more > 0 {
		heading += fmt.Sprintf("; the %d smallest are not drawn", more)
	}
	pen.write(out, sheetMargin, sheetMargin, wide, heading)
	for i, cluster := range order {
		y := sheetMargin + pen.height + sheetGap + i*line
		pen.write(out, sheetMargin, y, wide, fmt.Sprintf("cluster %d: %d images", cluster, c.Sizes[cluster]))
		members := rows[cluster]
		shown := min(len(members), sheetMembers)
		for k := range shown {
			row := members[k*(len(members)-1)/max(shown-1, 1)]
			putMember(out, image.Rect(0, 0, w, h).Add(image.Pt(sheetMargin+k*(w+sheetGap), y+pen.height)), m, row)
		}
	}
	return png.Encode(dst, out)
}

// putMember draws image row into a rectangle: the nearest pixel of each.
func putMember(out *image.RGBA, at image.Rectangle, m *Images, row int) {
	pixels, c := m.Pixels(row), m.C()
	for y := range at.Dy() {
		for x := range at.Dx() {
			p := pixels[(y*m.H()/at.Dy()*m.W()+x*m.W()/at.Dx())*c:]
			rgb := color.RGBA{p[0], p[0], p[0], 255}
			if c >= 3 {
				rgb.G, rgb.B = p[1], p[2]
			}
			out.SetRGBA(at.Min.X+x, at.Min.Y+y, rgb)
		}
	}
}
