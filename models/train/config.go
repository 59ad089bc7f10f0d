package train

import (
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/schedule"
)

// Config says what is trained and how.
type Config struct {
	Net     Net
	Input   [3]int // height, width, channels of an image
	Classes int    // >= 2
	Seed    uint64 // of initial weights and dropout
	Phases  []Phase

	// Extra is the width of a second input, Batch.Extra, that is normalised over the
	// batch and joined to the head's last hidden features: what is known of an image
	// beside its pixels, such as the camera's size as one-hot. 0 is none. It wants a net
	// that is cut, with a head that does not end in heat.
	Extra int
	// Boxes is the weight of the loss of a second output, a box of each image, such as
	// 0.001; 0 is none. The loss of a batch is then
	//
	//	mean over its images of (cross-entropy + Boxes * HasBox * mean of the 4 squared errors)
	//
	// in the unit of Batch.Boxes, where the images without a box count in the mean over
	// the batch, with 0. With coordinates scaled to 224 pixels and 0.001 that is what the
	// fast.ai course trains with Keras. Boxes want a head as Extra does. Predictions are
	// Model.PredictBoxes; phases with patience are judged by the classes alone.
	Boxes float64

	// Features says that the images went through the net's trunk before (see Trunk),
	// and that Input is the shape of what came out, Net.Features: only the head is
	// built and trained, and every phase is one that freezes the trunk.
	Features bool
	// Weights is a file of published weights for the trunk, see pretrained.Load; ""
	// leaves it the seed's initial values.
	Weights string
	// From is the file of a model of the same net, of its head alone or whole, whose
	// tensors are the start; what it lacks stays as Weights or the seed made it.
	From string

	// Validate are images that are not trained on, for phases with Patience, and
	// Metric is what they are scored by, one of classes; nil and zero without. What
	// is asked for is always its epoch 0; the likeliest target is an image's class.
	Validate Dataset
	Metric   metric.Metric

	Engine engine.Engine // computes; Fit does not close it

	// Checkpoint is the folder of the checkpoint, made if need be; "" for none.
	// One training has one folder.
	Checkpoint string
	// Every is the shortest time between two checkpoints within an epoch; at
	// the end of an epoch there always is one. 0 means 30 s, negative: only at
	// the ends of epochs.
	Every time.Duration

	// Progress, if not nil, is told how it goes, at most about ten times a
	// second and at the end of each epoch, from Fit's goroutine.
	Progress func(Progress)
	// Warn, if not nil, is told what went wrong but does not stop the training:
	// a damaged checkpoint, another engine, instruction set or number of threads
	// than before the resume.
	Warn func(error)
}

// Phase is a number of epochs with the same settings. Each phase starts its
// optimizer and its schedule anew, on the weights of the phase before.
type Phase struct {
	Epochs int // >= 1
	Batch  int // images a step, >= 1; the dataset must give batches of this size

	Optimizer   string  // see solver.Names; "" is adam
	LR          float64 // the schedule's largest learning rate, > 0
	Schedule    string  // see schedule.Names; "" is constant
	WeightDecay float64 // of weights, not of biases and batch normalisation; 0 is none
	Momentum    float64 // of the momentum optimizer; 0 is its default

	// EMA is the decay a step of a moving average of the weights, in [0, 1),
	// such as 0.999; 0 is none. The average, not the last weights, is then the
	// model. See average.go.
	EMA float64
	// LabelSmoothing is the share of a target that is spread evenly over all
	// classes (Szegedy et al. 2016, https://arxiv.org/abs/1512.00567), in [0, 1).
	LabelSmoothing float64
	// ClipNorm is the largest Euclidean norm of the gradient of all parameters
	// together; a larger one is scaled down to it. 0 is no limit.
	ClipNorm float64

	// Freeze trains the head only: the trunk computes what it does in prediction,
	// and none of it moves.
	Freeze bool `json:",omitempty"`
	// BackboneLR is a factor on the learning rate of the trunk's parameters, such as
	// 0.1, above 0; 0 is 1.
	BackboneLR float64 `json:",omitempty"`
	// WarmUp is the share of the phase's steps, in [0, 1), in which the learning rate
	// rises to LR, see schedule.Config; 0 is the schedule's own.
	WarmUp float64 `json:",omitempty"`
	// Patience ends the phase early, after so many epochs one after the other that do
	// not beat its best score on Config.Validate; 0 does not. The weights of the best
	// epoch, the moving average's where there is one, are then the phase's result,
	// also if it goes to its end. The schedule is that of all epochs.
	Patience int `json:",omitempty"`
}

func (c Config) design() design {
	return design{Net: c.Net, input: c.Input, classes: c.Classes, features: c.Features, extra: c.Extra, boxes: c.Boxes}
}

// meta is what a model that c trains says of itself.
func (c Config) meta(recipe string, history []EpochStats) modelMeta {
	return modelMeta{Net: c.Net, Input: c.Input, Classes: c.Classes, Features: c.Features, Extra: c.Extra, Boxes: c.Boxes, Recipe: recipe, History: history}
}

// schedule is the phase's learning rate over so many steps.
func (p Phase) schedule(steps int) (schedule.Schedule, error) {
	return schedule.New(p.Schedule, schedule.Config{LR: p.LR, Steps: steps, WarmUp: p.WarmUp})
}
