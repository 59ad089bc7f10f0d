package report

import (
	"context"
	"fmt"
	"image/png"
	"os"

	"github.com/seed-a5aa75a0/podium/features"
)

// sheet is a picture with a heading.
type sheet struct {
	Title, About string
	Picture      picture
}

// pictureData are pictures below each other.
type pictureData struct{ Sheets []sheet }

// How large the sheet of augmentation is.
const (
	augmentedImages   = 6
	augmentedVariants = 5
)

// augmentation is left out without augmentation.
func augmentation(ctx context.Context, m *maker) (any, error) {
	images, err := m.t.Images()
	if images == nil || err != nil {
		return nil, err
	}
	defer images.Close()
	sheets, err := m.t.Augmented(ctx, images, augmentedImages, augmentedVariants)
	if err != nil || len(sheets) == 0 {
		return nil, err
	}
	var d pictureData
	for i := range sheets {
		drawn, err := features.DrawSheets(ctx, sheets[i:i+1])
		if err != nil {
			return nil, err
		}
		p, err := embedded(drawn, images.C() == 1)
		if err != nil {
			return nil, err
		}
		d.Sheets = append(d.Sheets, sheet{Title: sheets[i].Heading, About: "as they are, and as nets saw them in five epochs", Picture: p})
	}
	return d, nil
}

// pictures are those that steps of the run drew: heat maps and clusters.
func pictures(_ context.Context, m *maker) (any, error) {
	var d pictureData
	for _, model := range m.t.Spec.Models {
		step := m.t.Final("heat." + model.Name)
		about := "where nets that have not seen the photo see the class that they predict; hot is red"
		if a := m.t.Artifact(step); a != nil {
			if inside, ok := a.Manifest.Metrics["heat_inside"]; ok {
				about += fmt.Sprintf("; in a box in %.1f %% of %.0f photos (the middle of the photo: %.1f %%)",
					100*inside, a.Manifest.Metrics["photos_with_box"], 100*a.Manifest.Metrics["middle_inside"])
			}
		}
		if err := d.add(m.t.File(step, "sheet"), "heat maps of "+model.Name, about); err != nil {
			return nil, err
		}
	}
	if err := d.add(m.t.File("clusters", "sheet"), "clusters", "training photos that look alike, which the split keeps together"); err != nil {
		return nil, err
	}
	if len(d.Sheets) == 0 {
		return nil, nil
	}
	return d, nil
}

// add takes the PNG at path; "" is none.
func (d *pictureData) add(path, title, about string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	drawn, err := png.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	p, err := embedded(drawn, false)
	d.Sheets = append(d.Sheets, sheet{title, about, p})
	return err
}
