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
	Extra    int          // width of its second input, Batch.Extra; 0 for none
	Boxes    float64      // weight of the loss of boxes that it was trained with; above 0 it predicts boxes
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
	Extra    int          `json:"extra,omitempty"`
	Boxes    float64      `json:"boxes,omitempty"`
	Recipe   string       `json:"recipe"`
	History  []EpochStats `json:"history"`
}

func (m modelMeta) design() design {
	return design{Net: m.Net, input: m.Input, classes: m.Classes, features: m.Features, extra: m.Extra, boxes: m.Boxes}
}

// model is a model of that net over state.
func (m modelMeta) model(state *graph.State) *Model {
	return &Model{Net: m.Net, Input: m.Input, Classes: m.Classes, Features: m.Features, Extra: m.Extra, Boxes: m.Boxes,
		Recipe: m.Recipe, History: m.History, state: state}
}

// model is the result of the run: the moving average if the last phase has one, and
// its best epoch's weights if it has patience.
func (r *run) model() *Model {
	return r.config.meta(r.recipe.digest(), r.at.History).model(r.judged())
}

// Save writes the model to a safetensors file. Its bytes depend on the weights
// and settings only: the seconds of History are left out.
func (m *Model) Save(path string) error {
	meta := m.meta()
	meta.History = append([]EpochStats{}, m.History...)
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
	m := meta.model(graph.NewState(e, 0))
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
	} else if err = meta.check(); err != nil {
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

func (m *Model) design() design { return m.meta().design() }

func (m *Model) meta() modelMeta {
	return modelMeta{Net: m.Net, Input: m.Input, Classes: m.Classes, Features: m.Features, Extra: m.Extra, Boxes: m.Boxes, Recipe: m.Recipe, History: m.History}
}

// Predict gives the probabilities of all images of all batches, [rows, classes]
// in the order of the images. The net computes at most maxBatch images at once;
// a larger batch is cut, a smaller one is taken as it is. Batch.Y is not looked
// at, Batch.Extra if the net has that input. No images give no probabilities.
func (m *Model) Predict(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) ([]float32, error) {
	var proba []float32
	err := m.predict(ctx, in, maxBatch, &proba, nil)
	return proba, err
}

// PredictBoxes is Predict with the box of each image, [rows, 4]: x, y, width and
// height as Batch.Boxes had them in training, also where there may be none. A net
// without boxes is an error.
func (m *Model) PredictBoxes(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int) (proba, boxes []float32, err error) {
	if m.Boxes == 0 {
		return nil, nil, fmt.Errorf("predict: want a net that was trained on boxes, got one of classes only")
	}
	err = m.predict(ctx, in, maxBatch, &proba, &boxes)
	return proba, boxes, err
}

// predict appends the results of all batches; what an error leaves is nil.
func (m *Model) predict(ctx context.Context, in iter.Seq2[Batch, error], maxBatch int, proba, boxes *[]float32) (err error) {
	defer func() {
		if err == nil {
			return
		}
		err = fmt.Errorf("predict: image %d: %w", len(*proba)/m.Classes, err)
		if *proba = nil; boxes != nil {
			*boxes = nil
		}
	}()
	if maxBatch < 1 {
		return fmt.Errorf("want batches of at least 1 image, got %d", maxBatch)
	}
	if err := m.ready(maxBatch); err != nil {
		return err
	}
	d := m.design()
	for b, err := range in {
		if err := errors.Join(ctx.Err(), err); err != nil {
			return err
		}
		if err := b.check(d); err != nil {
			return err
		}
		if err := inParts(m.exec, b, maxBatch, proba, m.Classes, boxes); err != nil {
			return err
		}
	}
	return ctx.Err()
}
