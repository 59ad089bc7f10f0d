package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// Model is a trained net on an engine. It is used by one goroutine at a time,
// and not while another training or model uses the same engine.
type Model struct {
	Net      Net
	Input    [3]int // height, width, channels
	Classes  int
	Features bool         // it is a head alone: Input is the shape of what the trunk makes of images
	Recipe   string       // digest of the settings that it was trained with
	History  []EpochStats // one an epoch

	state *graph.State
	exec  *graph.Executor // made by the first Predict, for batches of up to room
	room  int
}

// modelFormat marks a model's file.
const modelFormat = "podium model 1"

// modelMeta is a model's metadata; it is kept as JSON in the file.
type modelMeta struct {
	Net
	Input    [3]int       `json:"input"`
	Classes  int          `json:"classes"`
	Features bool         `json:"features,omitempty"`
	Recipe   string       `json:"recipe"`
	History  []EpochStats `json:"history"`
}

func (m modelMeta) design() design { return design{m.Net, m.Input, m.Classes, m.Features} }

// model is the result of the run: the moving average if the last phase has one, and
// its best epoch's weights if it has patience.
func (r *run) model() *Model {
	c := r.config
	return &Model{Net: c.Net, Input: c.Input, Classes: c.Classes, Features: c.Features, Recipe: r.recipe.digest(), History: r.at.History, state: r.judged()}
}

// Save writes the model to a safetensors file. Its bytes depend on the weights
// and settings only: the seconds of History are left out.
func (m *Model) Save(path string) error {
	meta := modelMeta{m.Net, m.Input, m.Classes, m.Features, m.Recipe, append([]EpochStats{}, m.History...)}
	for i := range meta.History {
		meta.History[i].Seconds = 0
	}
	b, err := json.Marshal(meta)
	if err != nil {
		return fmt.Errorf("save model: %w", err)
	}
	return weight.SaveFrom(path, sources(m.state.Engine(), partsOf(m.state, false)), map[string]string{"format": modelFormat, "model": string(b)})
}

// Load reads a model that Save wrote onto an engine. A file of something else,
// or with a tensor that does not fit the architecture, is an error that names
// the tensor, what was wanted and what was found.
func Load(path string, e engine.Engine) (*Model, error) {
	file, meta, err := openModel(path)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	defer file.Close()
	if err := meta.design().fits(file); err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	m := &Model{Net: meta.Net, Input: meta.Input, Classes: meta.Classes, Features: meta.Features, Recipe: meta.Recipe, History: meta.History,
		state: graph.NewState(e, 0)}
	if err := m.ready(1); err != nil {
		return nil, fmt.Errorf("load model: %s: %w", path, err)
	}
	if err := upload(e, partsOf(m.state, false), file); err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	return m, nil
}

// openModel opens a model's file and reads what it says of itself.
func openModel(path string) (*weight.Reader, modelMeta, error) {
	var meta modelMeta
	file, err := weight.Open(path)
	if err != nil {
		return nil, meta, err
	}
	if err = json.Unmarshal([]byte(file.Meta()["model"]), &meta); err != nil || file.Meta()["format"] != modelFormat {
		err = fmt.Errorf("%s: want a file of format %q, got %q", path, modelFormat, file.Meta()["format"])
	} else if err = checkImages(meta.Input, meta.Classes); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		file.Close()
		return nil, meta, err
	}
	return file, meta, nil
}

// ready makes the net for batches of up to n images.
func (m *Model) ready(n int) error {
	if m.exec != nil && n <= m.room {
		return nil
	}
	exec, err := m.design().compile(m.state, graph.Eval, false, n)
	if err != nil {
		return err
	}
	m.exec, m.room = exec, n
	return nil
}

func (m *Model) design() design { return design{m.Net, m.Input, m.Classes, m.Features} }

// Predict gives the probabilities of all images of all batches, [rows, classes]
// in the order of the images. The net computes at most maxBatch images at once;
// a larger batch is cut, a smaller one is taken as it is. Batch.Y is not looked
// at. No images give no probabilities.
func (m *Model) Predict(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) ([]float32, error) {
	if maxBatch < 1 {
		return nil, fmt.Errorf("predict: want batches of at least 1 image, got %d", maxBatch)
	}
	if err := m.ready(maxBatch); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	var out []float32
	for b, err := range in {
		if err := errors.Join(ctx.Err(), err); err != nil {
			return nil, fmt.Errorf("predict: image %d: %w", len(out)/m.Classes, err)
		}
		if out, err = m.batch(out, b, maxBatch); err != nil {
			return nil, fmt.Errorf("predict: image %d: %w", len(out)/m.Classes, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return out, nil
}

// batch appends the probabilities of a batch.
func (m *Model) batch(out []float32, b Batch, maxBatch int) ([]float32, error) {
	if err := checkImagesOf(b, m.Input); err != nil {
		return out, err
	}
	return inParts(m.exec, b, out, maxBatch, size(m.Input), m.Classes)
}
