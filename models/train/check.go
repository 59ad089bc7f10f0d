package train

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// check says what is wrong with the configuration, as a fault of kind Usage.
func (c Config) check() error {
	if _, err := zoo.Lookup(c.Net.Arch); err != nil {
		return err
	}
	switch {
	case c.Engine == nil:
		return fmt.Errorf("train: no engine")
	case len(c.Phases) == 0:
		return usage("want at least one phase")
	}
	if err := checkImages(c.Input, c.Classes); err != nil {
		return usage("%w", err)
	}
	for i, p := range c.Phases {
		if err := p.check(); err != nil {
			return fault.Wrap(err, fault.Usage, fault.HintOf(err), "train: phase %d", i+1)
		}
	}
	if err := c.checkValidate(); err != nil {
		return err
	}
	return c.checkNet()
}

// checkValidate says what phases with patience lack.
func (c Config) checkValidate() error {
	patient := slices.ContainsFunc(c.Phases, func(p Phase) bool { return p.Patience > 0 })
	switch {
	case !patient && c.Validate != nil:
		return usage("there are images to validate on, but no phase with patience")
	case patient && (c.Validate == nil || c.Validate.Len() < 1):
		return usage("a phase with patience wants images to validate on, got none")
	case patient && (c.Metric.Name == "" || !c.Metric.Classifies() || c.Metric.Binary && c.Classes > 2):
		return usage("a phase with patience wants a metric of %d classes, got %q", c.Classes, c.Metric.Name)
	}
	return nil
}

// checkNet says what does not fit between the net, the images and the phases.
func (c Config) checkNet() error {
	switch {
	case c.Net.Cut == "" && len(c.Net.Head) > 0:
		return usage("the net %s is whole, but has a head: want a cut as well", c.Net.Arch)
	case c.Net.Cut == "" && (c.Weights != "" || c.Features):
		return usage("the net %s is whole: weights and features are of one that is cut", c.Net.Arch)
	case c.Extra < 0 || c.Extra > maxPixels:
		return usage("want a second input of 0 to %d values, got %d", maxPixels, c.Extra)
	case !(c.Boxes >= 0) || math.IsInf(c.Boxes, 0):
		return usage("want a weight of at least 0 for the loss of boxes, got %v", c.Boxes)
	case c.Features && c.Weights != "":
		return usage("a head on features has no trunk to load weights into")
	}
	if _, err := c.design().minBatch(false); err != nil {
		return fault.Wrap(err, fault.Usage, fault.HintOf(err), "train: %s on images of %dx%dx%d", c.Net, c.Input[0], c.Input[1], c.Input[2])
	}
	for i, p := range c.Phases {
		switch {
		case c.Net.Cut == "" && (p.Freeze || p.BackboneLR != 0):
			return usage("phase %d: the net %s is whole: want a cut between a backbone and a head", i+1, c.Net.Arch)
		case c.Features && !p.Freeze:
			return usage("phase %d: a head on features is trained with a frozen backbone only", i+1)
		case p.Freeze && i > 0 && !c.Phases[i-1].Freeze:
			return usage("phase %d: the backbone is frozen after a phase that trained it: want the frozen phases first", i+1)
		case p.Freeze && p.BackboneLR != 0:
			return usage("phase %d: a frozen backbone has no learning rate, got a factor of %v", i+1, p.BackboneLR)
		}
	}
	return nil
}

// checkRemainders refuses a last batch of one image where the net normalises by the
// batch, before the training and for all phases.
func (c Config) checkRemainders(images int) error {
	for i, p := range c.Phases {
		if (images-1)%p.Batch != 0 {
			continue
		}
		least, err := c.design().minBatch(p.Freeze)
		if err != nil {
			return err
		}
		if least > 1 {
			return fault.New(fault.Usage, "leave out the last batch, or change the batch size by one",
				"train: phase %d: the last batch of each epoch has 1 image (of %d, in batches of %d), too few for batch normalisation",
				i+1, images, p.Batch)
		}
	}
	return nil
}

func usage(format string, args ...any) error {
	return fault.Wrap(fmt.Errorf(format, args...), fault.Usage, "", "train")
}

// maxPixels bounds an image, so that a damaged model file cannot ask for all
// memory.
const maxPixels = 1 << 26

// checkImages says what is wrong with the size of images or the number of classes.
func checkImages(input [3]int, classes int) error {
	n := 1
	for _, d := range input {
		if d < 1 || d > maxPixels/n {
			return fmt.Errorf("want a positive height, width and number of channels, and at most %d values an image, got %v", maxPixels, input)
		}
		n *= d
	}
	if classes < 2 || classes > maxPixels/n {
		return fmt.Errorf("want at least 2 classes and at most %d, got %d", maxPixels/n, classes)
	}
	return nil
}

// check says what is wrong with what a file says of its model.
func (m modelMeta) check() error {
	if m.Extra < 0 || m.Extra > maxPixels || !(m.Boxes >= 0) || math.IsInf(m.Boxes, 0) {
		return fmt.Errorf("want a second input of 0 to %d values and a weight of boxes of at least 0, got %d and %v", maxPixels, m.Extra, m.Boxes)
	}
	return checkImages(m.Input, m.Classes)
}

func (p Phase) check() error {
	share := func(x float64) bool { return x >= 0 && x < 1 }
	notNegative := func(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }
	switch {
	case p.Epochs < 1:
		return fmt.Errorf("want at least 1 epoch, got %d", p.Epochs)
	case p.Batch < 1:
		return fmt.Errorf("want a batch of at least 1 image, got %d", p.Batch)
	case !(p.LR > 0) || math.IsInf(p.LR, 0):
		return fmt.Errorf("want lr > 0, got %v", p.LR)
	case !notNegative(p.WeightDecay):
		return fmt.Errorf("want a weight decay of at least 0, got %v", p.WeightDecay)
	case !share(p.Momentum):
		return fmt.Errorf("want a momentum from 0 to less than 1, got %v", p.Momentum)
	case !share(p.EMA):
		return fmt.Errorf("want an ema from 0 to less than 1, got %v", p.EMA)
	case !share(p.LabelSmoothing):
		return fmt.Errorf("want label smoothing from 0 to less than 1, got %v", p.LabelSmoothing)
	case !notNegative(p.ClipNorm):
		return fmt.Errorf("want a clip norm of at least 0, got %v", p.ClipNorm)
	case !notNegative(p.BackboneLR):
		return fmt.Errorf("want a factor of at least 0 on the backbone's lr, got %v", p.BackboneLR)
	case p.Patience < 0:
		return fmt.Errorf("want a patience of at least 0 epochs, got %d", p.Patience)
	case !share(p.WarmUp):
		return fmt.Errorf("want a warm-up from 0 to less than 1, got %v", p.WarmUp)
	}
	if _, err := p.schedule(1); err != nil {
		return err
	}
	// Ask the solver now, not when the phase begins, hours later. Without
	// parameters it refuses in any case, but with kind Usage only what is wrong here.
	p.BackboneLR = 0
	if _, err := newSolver(p, nil, nil); fault.KindOf(err) == fault.Usage {
		return err
	}
	return nil
}
