package steps

import (
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// FoundBoxes is how well a model finds boxes in photos that its nets have not learnt
// from.
type FoundBoxes struct {
	Model  string  `json:"model"`
	IoU    float64 `json:"iou"`          // mean over photos with a box of intersection over union
	Mean   float64 `json:"iou_mean_box"` // that of the mean of all boxes, without a look at the photo
	Photos int     `json:"photos"`       // with a box
}

// HeatMaps are a model's heat maps of photos that its nets have not learnt from.
type HeatMaps struct {
	Model  string   `json:"model"`
	File   string   `json:"file"`          // PNG in the run's folder
	Inside *float64 `json:"inside"`        // share of the photos with a box whose heat lies in one; null without boxes
	Middle *float64 `json:"middle_inside"` // share whose middle lies in one, to compare; null without boxes
	Photos int      `json:"photos"`        // with a box
}

// learnBoxes takes what is told of boxes and heat maps out of the steps that are done,
// with pseudo-labels those of the last round.
func (o *Outcome) learnBoxes(spec *pipelines.Spec, result pipelines.Result, metrics map[string]float64, files map[string]string) error {
	for _, m := range spec.Models {
		if r, ok := result.Step(roundID(spec.Pseudo.Rounds, "found."+m.Name)); ok && r.Artifact != nil {
			of := r.Artifact.Manifest.Metrics
			if iou, ok := of["iou"]; ok {
				o.Boxes = append(o.Boxes, FoundBoxes{m.Name, iou, of["iou_mean_box"], int(of["photos_with_box"])})
				metrics["iou."+m.Name] = iou
			}
		}
		r, ok := result.Step(roundID(spec.Pseudo.Rounds, "heat."+m.Name))
		if !ok || r.Artifact == nil {
			continue
		}
		h := HeatMaps{Model: m.Name, File: filepath.Join(o.Dir, "heat."+m.Name+".png")}
		if err := copyFile(filepath.Join(r.Artifact.Dir, "heat.png"), h.File); err != nil {
			return err
		}
		files["heat."+m.Name] = h.File
		if inside, ok := r.Artifact.Manifest.Metrics["heat_inside"]; ok {
			middle := r.Artifact.Manifest.Metrics["middle_inside"]
			h.Inside, h.Middle, h.Photos = &inside, &middle, int(r.Artifact.Manifest.Metrics["photos_with_box"])
			metrics["heat_inside."+m.Name] = inside
		}
		o.Heat = append(o.Heat, h)
	}
	return nil
}
