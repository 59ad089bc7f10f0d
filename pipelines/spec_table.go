package pipelines

import (
	"regexp"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// The forms of words. They are narrow on purpose: names become parts of step
// ids, paths and messages.
var (
	slugForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	nameForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	netForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	layerForm = regexp.MustCompile(`^[A-Za-z0-9_.]{1,64}$`)
	fileForm  = regexp.MustCompile(`^[\pL\pN_][\pL\pN_ ./()+-]{0,254}$`)
	pathForm  = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,1000}$`)
	titleForm = regexp.MustCompile(`^[\pL\pN\pP\pS]([\pL\pN\pP\pS ]{0,198}[\pL\pN\pP\pS])?$`)
)

// newSpec is a Spec with every default of the language.
func newSpec() *Spec {
	return &Spec{
		Seed:   1,
		Data:   Data{Sample: "sample_submission.csv"},
		Blend:  Blend{How: "mean", Folds: true, Copies: true, Models: true, TTA: 1},
		Submit: Submit{Name: "{run} cv={cv:.4f}", Wait: true},
	}
}

func newPhase() Phase {
	return Phase{Batch: 64, Optimizer: "adam", LR: 0.001, Schedule: "constant"}
}

// specTable is the top of the language. Every section has its own table, one
// row a key, in the order in which Canonical writes them; a new key is a new
// row.
func specTable(s *Spec) []field {
	return []field{
		{"competition", required, text(&s.Competition, "a competition's slug such as digit-recognizer", slugForm)},
		{"seed", optional, seedNumber(&s.Seed)},
		{"data", required, section(dataTable(&s.Data))},
		{"target", required, section(targetTable(&s.Target))},
		{"split", required, section(splitTable(&s.Split))},
		{"augment", optional, section(augmentTable(&s.Augment))},
		{"models", required, models(&s.Models, &s.Augment)},
		{"train", required, phases(&s.Train)},
		{"pseudo", optional, pseudo(&s.Pseudo)},
		{"blend", optional, section(blendTable(&s.Blend))},
		{"post", optional, corrections(&s.Post)},
		{"submit", optional, section(submitTable(&s.Submit))},
		{"fallback", optional, builtin(&s.Fallback)},
	}
}

func dataTable(d *Data) []field {
	return []field{
		{"table", optional, text(&d.Table, "a file of the competition such as train.csv", fileForm)},
		{"images", optional, photos(&d.Images)},
		{"test", required, testData(d)},
		{"pixels", optional, pixels(&d.Pixels)},
		{"boxes", optional, text(&d.Boxes, "files of the competition such as annos/*.json, or of this machine such as ./annos/*.json", boxesForm)},
		{"join", optional, text(&d.Join, "a table of the competition such as driver_imgs_list.csv", fileForm)},
		{"size", optional, size(&d.H, &d.W)},
		{"resize", optional, oneOf(&d.Resize, "squash", "crop", "fit")},
		{"id", optional, text(&d.ID, "a column's name", titleForm)},
		{"sample", optional, text(&d.Sample, "a file of the competition such as sample_submission.csv", fileForm)},
	}
}

func targetTable(t *Target) []field {
	return []field{
		{"column", required, text(&t.Column, "a column's name", titleForm)},
		{"metric", required, oneOf(&t.Metric, classMetrics()...)},
	}
}

// classMetrics are the metrics that a classifier can be scored by.
func classMetrics() []string {
	var names []string
	for _, name := range metric.Names() {
		if m, err := metric.ByName(name); err == nil && m.Classifies() {
			names = append(names, name)
		}
	}
	return names
}

func splitTable(s *Split) []field {
	return []field{
		{"stratified_kfold", optional, folds(s, "stratified_kfold")},
		{"kfold", optional, folds(s, "kfold")},
		{"group_kfold", optional, folds(s, "group_kfold")},
		{"stratified_group_kfold", optional, folds(s, "stratified_group_kfold")},
		{"by", optional, text(&s.By, "a column's name, or clusters", titleForm)},
		{"seed", optional, seedNumber(&s.Seed)},
	}
}

func augmentTable(a *Augment) []field {
	return []field{
		{"rotate", optional, number(&a.Rotate, interval{lo: 0, hi: 180})},
		{"shift", optional, shift(a)},
		{"shear", optional, number(&a.Shear, interval{lo: 0, hi: 1})},
		{"zoom", optional, number(&a.Zoom, interval{lo: 0, hi: 0.9})},
		{"elastic", optional, number(&a.Elastic, interval{lo: 0, hi: 0.5})},
		{"flip", optional, flip(a)},
		{"crop", optional, amount(&a.Crop, 0.95)},
		{"channel", optional, amount(&a.Channel, 255)},
		{"brightness", optional, amount(&a.Brightness, 1)},
		{"contrast", optional, amount(&a.Contrast, 1)},
		{"saturation", optional, amount(&a.Saturation, 1)},
		{"hue", optional, amount(&a.Hue, 180)},
		{"erase", optional, amount(&a.Erase, 1)},
		{"mixup", optional, amount(&a.MixUp, 4)},
		{"cutmix", optional, amount(&a.CutMix, 4)},
	}
}

// modelTable is of a model in a spec whose images are augmented as common says.
func modelTable(m *Model, common *Augment) []field {
	return []field{
		{"net", optional, text(&m.Net, "the name of a net", netForm)},
		{"backbone", optional, text(&m.Backbone, "the name of a net whose weights are published", netForm)},
		{"weights", optional, ofBackbone(text(&m.Weights, "imagenet, none or the path of a file", pathForm), m)},
		{"cut", optional, ofBackbone(text(&m.Cut, "pool, last_conv or the name of a layer", layerForm), m)},
		{"head", optional, head(&m.Head)},
		{"passes", optional, ofBackbone(integer(&m.Passes, 1, 100), m)},
		{"inputs", optional, inputs(&m.Inputs)},
		{"boxes", optional, amountAbove(&m.Boxes, 10)},
		{"crop", optional, text(&m.Crop, "the name of a model with boxes", nameForm)},
		{"copies", optional, integer(&m.Copies, 1, 100)},
		{"augment", optional, ownAugment(&m.Augment, common)},
	}
}

func phaseTable(p *Phase) []field {
	return []field{
		{"epochs", required, integer(&p.Epochs, 1, 10000)},
		{"batch", optional, integer(&p.Batch, 1, 65536)},
		{"optimizer", optional, oneOf(&p.Optimizer, "adam", "sgd", "momentum", "nesterov")},
		{"lr", optional, number(&p.LR, interval{lo: 0, hi: 10, noLow: true})},
		{"weight_decay", optional, number(&p.WeightDecay, interval{lo: 0, hi: 1})},
		{"momentum", optional, momentum(&p.Momentum)},
		{"clip_norm", optional, number(&p.ClipNorm, interval{lo: 0, hi: 1e6})},
		{"schedule", optional, oneOf(&p.Schedule, "constant", "one_cycle", "cosine", "step")},
		{"ema", optional, number(&p.EMA, interval{lo: 0, hi: 1, noTop: true})},
		{"label_smoothing", optional, number(&p.LabelSmoothing, interval{lo: 0, hi: 1, noTop: true})},
		{"freeze", optional, freeze(&p.Freeze)},
		{"backbone_lr", optional, factor(&p.BackboneLR)},
		{"warmup", optional, warmUp(&p.WarmUp)},
		{"early_stop", optional, earlyStop(p)},
	}
}

func earlyStopTable(p *Phase) []field {
	return []field{
		{"patience", required, integer(&p.Patience, 1, 1000)},
		{"share", optional, number(&p.Share, interval{lo: 0, hi: 0.5, noLow: true})},
	}
}

func blendTable(b *Blend) []field {
	return []field{
		{"how", optional, oneOf(&b.How, "mean", "geometric", "rank", "stack")},
		{"over", optional, over(b)},
		{"weights", optional, weights(b)},
		{"also", optional, outsides(&b.Also)},
	}
}

func outsideTable(o *Outside) []field {
	return []field{
		{"oof", required, text(&o.OOF, "the path of a CSV file", pathForm)},
		{"test", required, text(&o.Test, "the path of a CSV file", pathForm)},
	}
}

func submitTable(s *Submit) []field {
	return []field{
		{"name", optional, submitName(&s.Name)},
		{"wait", optional, flag(&s.Wait)},
	}
}
