package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// sight is what the nets of a model see of new images.
type sight struct {
	model  string
	images *features.Images // the whole ones, or crops of a sight's own
	own    bool
	trunks passList   // of a head
	known  photoSizes // of the run's training photos, and what they are of the new ones
	sizes  photoSizes
}

func (s *sight) close() error {
	err := s.trunks.close()
	if s.own {
		err = errors.Join(err, s.images.Close())
	}
	s.trunks, s.own = nil, false
	return err
}

// sight makes ready what the net's model sees; before is what the nets before it have
// said, to whose boxes photos are cut.
func (x *application) sight(ctx context.Context, images *features.Images, n finishedNet, before []frame) (_ *sight, err error) {
	m := x.models[n.model]
	s := &sight{model: n.model, images: images}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if m.sized() {
		if s.known, err = readSizes(x.f.path("sizes.train", "sizes")); err != nil {
			return nil, err
		}
		photos, err := sizedPhotos(x.images)
		if err != nil {
			return nil, err
		}
		s.sizes = photoSizes{s.known.names, sizeNumbers(photos, s.known.names)}
	}
	if m.Crop != "" {
		if s.images, err = x.crop(ctx, m, before); err != nil {
			return nil, err
		}
		s.own = true
	}
	if n.head {
		s.trunks, err = x.extract(ctx, s.images, m)
	}
	return s, err
}

// beside is what a net is given beside pixels.
func (x *application) beside(at *sight, n finishedNet) (*beside, error) {
	if at.known.names == nil {
		return nil, nil
	}
	rows, err := readFold(x.f.path("folds", "folds.arrow"), n.fold, watchedOf(x.f.spec, n.fold))
	if err != nil {
		return nil, err
	}
	knows, _ := at.known.learnt(rows.learn)
	return &beside{width: len(at.known.names), size: at.sizes.as(knows)}, nil
}

// crop cuts the photos to the mean of the boxes that the nets of the model before have
// found.
func (x *application) crop(ctx context.Context, m design, before []frame) (images *features.Images, err error) {
	progress, end := x.begin("crops." + m.Name)
	defer func() { end(err) }()
	photos, err := sizedPhotos(x.images)
	if err != nil {
		return nil, err
	}
	var found boxMean
	for i, n := range x.f.nets()[:len(before)] {
		if n.model != m.Crop {
			continue
		}
		if err := found.add(n.name, before[i], len(photos)); err != nil {
			return nil, err
		}
	}
	boxes, err := found.frame()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(x.dir, "crops."+m.Name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	c := cutting{source: x.source, photos: photos, boxes: boxes, skipBroken: true, progress: func(done, total int) {
		progress(float64(done)/float64(max(total, 1)), fmt.Sprintf("photo %d of %d", done, total), nil)
	}}
	if err := c.write(ctx, dir, x.f.spec.Data); err != nil {
		return nil, err
	}
	return features.OpenImages(dir)
}

// canCrop refuses runs whose crops were cut by other nets than those that are kept for
// predicting.
func (f *Finished) canCrop() error {
	for _, m := range f.spec.Models {
		if m.Crop != "" && f.spec.Pseudo.Rounds > 0 {
			return fault.New(fault.Usage, "run the pipeline with --set pseudo=off: what is there already is used again",
				"run %s has pseudo-labels, and photos cut to the boxes of nets before them: podium cannot predict with it", f.ID)
		}
	}
	return nil
}
