package steps

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Applied is what a run's nets say of new images.
type Applied struct {
	Classes []string
	IDs     []string  // of the rows: a photo's name, a table's id
	Proba   []float32 // [rows, classes], blended and corrected as in the run
	Nets    int
	Broken  []features.BrokenPhoto // that could not be decoded and have no row
	LeftOut string                 // what the run did and new images have no part in; may be empty
	Origins []string               // of the data that the nets were trained on
}

// Apply lets all nets of the run predict new images: the photos at source, a folder, a
// zip or a photo, or the rows of a CSV file where the run's data are tables. Test-time
// augmentation, blend and corrections are the run's; what it chose is not chosen
// anew, and what it smoothed over neighbours among its test photos is left out. Photos are decoded once, into a folder that is gone afterwards; of all of them
// only names and probabilities are in memory. onEvent is told of the photos and of
// each net.
func (f *Finished) Apply(ctx context.Context, source string, open func() (engine.Engine, error), onEvent func(pipelines.Event)) (out Applied, err error) {
	models, err := designs(f.spec)
	if err != nil {
		return out, err
	}
	x := &application{f: f, deps: &Deps{OpenEngine: open}, models: map[string]design{}, tell: onEvent}
	for _, m := range models {
		x.models[m.Name] = m
	}
	if err := x.check(); err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, x.deps.Close()) }()
	if x.dir, err = os.MkdirTemp(filepath.Join(f.home, "work"), "apply-"); err != nil {
		return out, fault.Disk(err, f.home)
	}
	defer os.RemoveAll(x.dir)
	if out.Broken, err = x.decode(ctx, source); err != nil {
		return out, err
	}
	images, err := features.OpenImages(x.images)
	if err != nil {
		return out, err
	}
	defer images.Close()
	all, err := x.predict(ctx, images)
	if err != nil {
		return out, err
	}
	for i := range images.N() {
		out.IDs = append(out.IDs, images.ID(i))
	}
	out.Nets, out.Origins = len(all), f.made[f.nets()[0].step].Manifest.Origins
	if out.Classes, err = f.classes(all[0].classes); err != nil {
		return out, err
	}
	if out.LeftOut, err = f.leftOut(); err != nil {
		return out, err
	}
	out.Proba, err = f.blend(ctx, all)
	return out, err
}

// WriteCSV writes a line a row: its id, the likeliest class, and the probability of
// each class.
func (a Applied) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"id", "class"}, a.Classes...)); err != nil {
		return err
	}
	k := len(a.Classes)
	for i, class := range submissions.ArgMax(a.Proba, k) {
		line := []string{a.IDs[i], a.Classes[class]}
		for _, p := range a.Proba[i*k : (i+1)*k] {
			line = append(line, strconv.FormatFloat(float64(p), 'g', -1, 32))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// application is an Apply at work.
type application struct {
	f      *Finished
	deps   *Deps
	models map[string]design
	dir    string // for files on the way
	source string
	images string // shards
	tell   func(pipelines.Event)
}

// check finds what is missing before anything is decoded.
func (x *application) check() error {
	f := x.f
	if err := errors.Join(f.canBlend(), f.canCrop()); err != nil {
		return err
	}
	need := []string{}
	for _, n := range f.nets() {
		need = append(need, n.step)
		if n.head && x.models[n.model].hasWeights() {
			need = append(need, "weights."+n.model)
		}
		if x.models[n.model].sized() {
			need = append(need, "sizes.train", "folds")
		}
	}
	return f.need(append(need, f.forBlend()...)...)
}

// begin tells that a part of the work begins and gives what tells how far it is.
func (x *application) begin(step string) (progress func(float64, string, map[string]any), end func(error)) {
	say := func(e pipelines.Event) {
		if x.tell != nil {
			e.Step = step
			x.tell(e)
		}
	}
	say(pipelines.Event{Event: pipelines.EventStepStarted})
	progress = func(f float64, text string, fields map[string]any) {
		say(pipelines.Event{Event: pipelines.EventStepProgress, Fraction: &f, Text: text, Fields: fields})
	}
	return progress, func(err error) {
		if err != nil {
			say(pipelines.Event{Event: pipelines.EventStepFailed})
			return
		}
		say(pipelines.Event{Event: pipelines.EventStepDone})
	}
}

// decode makes image shards of the source.
func (x *application) decode(ctx context.Context, source string) (broken []features.BrokenPhoto, err error) {
	progress, end := x.begin("images")
	defer func() { end(err) }()
	x.images, x.source = filepath.Join(x.dir, "images"), source
	d := x.f.spec.Data
	if !d.Photos() {
		table := filepath.Join(x.dir, "table.arrow")
		if _, err := features.CSVToIPC(ctx, source, table, tableOptions(d.Pixels)); err != nil {
			return nil, err
		}
		t, err := features.OpenTable(table)
		if err != nil {
			return nil, err
		}
		defer t.Close()
		return nil, features.TableToImages(ctx, t, pixelOptions(x.f.spec, ""), x.images)
	}
	if err := os.Mkdir(x.images, 0o755); err != nil {
		return nil, err
	}
	report, err := features.PhotosToImages(ctx, source, x.images, features.PhotoOptions{Photo: photoOptions(d), SkipBroken: true,
		Progress: func(done, total int) {
			progress(float64(done)/float64(max(total, 1)), fmt.Sprintf("photo %d of %d", done, total), nil)
		}})
	if err != nil {
		return nil, err
	}
	return report.Broken, nil
}

// predict is what each net says of the images, in the order of the blend.
func (x *application) predict(ctx context.Context, images *features.Images) ([]frame, error) {
	var out []frame
	at := &sight{images: images} // of the model at work
	defer func() { at.close() }()
	for _, n := range x.f.nets() {
		if n.model != at.model {
			if err := at.close(); err != nil {
				return nil, err
			}
			var err error
			if at, err = x.sight(ctx, images, n, out); err != nil {
				return nil, err
			}
		}
		f, err := x.one(ctx, at, n)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// one is what one net says.
func (x *application) one(ctx context.Context, at *sight, n finishedNet) (out frame, err error) {
	progress, end := x.begin(n.name)
	defer func() { end(err) }()
	device, release, err := x.deps.engine()
	if err != nil {
		return out, err
	}
	defer release()
	model, err := train.Load(x.f.path(n.step, "model.safetensors"), device)
	if err != nil {
		return out, err
	}
	see, err := x.views(at, n)
	if err != nil {
		return out, err
	}
	with, err := x.beside(at, n)
	if err != nil {
		return out, err
	}
	rows, tta := count(at.images.N()), max(x.f.spec.Blend.TTA, 1)
	p := passes{model: model, classes: model.Classes, n: tta, total: tta * len(rows), progress: progress}
	return p.mean(ctx, seen{views: see, rows: rows, with: with})
}

// views are what a net sees: its draws are those with which it predicted the test
// rows of the run, so that the same images give the same.
func (x *application) views(at *sight, n finishedNet) (views, error) {
	m, rows := x.models[n.model], count(at.images.N())
	if n.head {
		return &features.VectorLoader{Passes: at.trunks, Rows: rows, Batch: predictBatch(m.features)}, nil
	}
	norm, err := x.f.norm(m)
	node, _ := x.f.plan.Node(n.predict)
	return &features.Loader{Images: at.images, Rows: rows, Norm: norm, Batch: predictBatch(m.input), Augment: augmentOf(m.Augment),
		Seed: seed.Derive(node.Seed, "test")}, err
}

// extract lets a model's trunk compute its features of the images, a pass each.
func (x *application) extract(ctx context.Context, images *features.Images, m design) (passes passList, err error) {
	progress, end := x.begin("features." + m.Name)
	defer func() { end(err) }()
	device, release, err := x.deps.engine()
	if err != nil {
		return nil, err
	}
	defer release()
	trunk, err := train.Trunk(train.Config{Net: m.net, Input: m.input, Weights: x.f.path("weights."+m.Name, "weights"), Engine: device})
	if err != nil {
		return nil, err
	}
	for pass := range max(x.f.spec.Blend.TTA, 1) {
		id := "features." + m.Name + ".test"
		if pass > 0 {
			id += fmt.Sprintf(".pass%d", pass)
		}
		node, _ := x.f.plan.Node(id)
		dir := filepath.Join(x.dir, id)
		work := dir + ".work"
		if err := os.Mkdir(work, 0o755); err != nil {
			return passes, err
		}
		batch := predictBatch(m.input)
		e := extraction{trunk: trunk, batch: batch, pass: pass, env: pipelines.Env{Work: work, Progress: progress}, start: time.Now(),
			photos: features.Loader{Images: images, Norm: m.norm(), Augment: augmentOf(m.Augment), Batch: batch, Seed: node.Seed}}
		if err := e.run(ctx, dir); err != nil {
			return passes, err
		}
		v, err := features.OpenVectors(dir)
		if err != nil {
			return passes, err
		}
		passes = append(passes, v)
	}
	return passes, nil
}
