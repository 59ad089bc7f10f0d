package pipelines

// Spec is a pipeline: the typed value of a spec file with every default filled
// in.
type Spec struct {
	Name        string // file name without folder and .yaml, or the built-in's name
	Competition string
	Seed        uint64 // everything random comes from it; 1 unless the spec says otherwise
	Data        Data
	Target      Target
	Split       Split
	Augment     Augment // of models that have none of their own; zero: none
	Models      []Model // in the order of the file
	Train       []Phase
	Pseudo      Pseudo // zero: no pseudo-labels
	Blend       Blend
	Post        []Correction // what is done to the blend's probabilities, in that order
	Submit      Submit
	// Fallback is the built-in to run in place of this one where published weights
	// are not on the machine and nothing may be fetched; "": none.
	Fallback string

	src *source
}

// Data says which files hold the data: tables whose rows are images, or photos.
type Data struct {
	Table  string // training table: "train.csv"; "" for photos
	Test   string // test table: "test.csv"
	Pixels Pixels

	Images     Photos // for training; one column is the target
	TestImages Photos
	H, W       int    // pixels that photos are brought to
	Resize     string // how: "squash", "crop" or "fit"
	// Join is a table of the competition with more columns of the training photos,
	// a row a photo: joined on the columns whose names Images has too; "": none.
	Join string

	// Boxes are files that say where in the training photos is what they show: a path
	// or glob among the competition's files, or one of this machine (LocalBoxes); "":
	// none.
	Boxes string

	Sample string // "sample_submission.csv" by default
	ID     string // column that names a row of the submission; "" when rows are counted from 1
}

// Photos says that the data are photos, which always have an id; else they are
// rows of tables.
func (d Data) Photos() bool { return d.Table == "" }

// Shape is the height, width and channels of the images that nets see.
func (d Data) Shape() [3]int {
	if d.Photos() {
		return [3]int{d.H, d.W, 3}
	}
	return [3]int{d.Pixels.H, d.Pixels.W, d.Pixels.C}
}

// Pixels says which columns are pixels and how they lie: row by row, channels
// last.
type Pixels struct {
	Columns string // pattern of column names: "pixel*"
	H, W, C int
}

// Target says what is to be predicted and how it is scored.
type Target struct {
	Column string // column of Data.Table
	Metric string // a metric of classes, as "accuracy" or "logloss"
}

// Split says how training rows are put into folds.
type Split struct {
	Kind string // "stratified_kfold", "kfold", "group_kfold" or "stratified_group_kfold"
	K    int    // 2..100
	// By is the column whose rows of one value stay together, of a group split: of
	// the training table, of Data.Images or of Data.Join; or Clusters.
	By   string
	Seed uint64 // Spec.Seed unless the spec says otherwise
}

// Augment is how training images, and those of TTA, are changed at random: each
// amount is the largest, drawn uniformly from both sides of none (a shear as an
// angle).
type Augment struct {
	Rotate float64 `json:"rotate,omitempty"`  // degrees, 0..180
	ShiftX float64 `json:"shift_x,omitempty"` // share of the width, 0..0.5
	ShiftY float64 `json:"shift_y,omitempty"` // share of the height, 0..0.5
	Shear  float64 `json:"shear,omitempty"`   // sideways shift per unit of height, 0..1
	Zoom   float64 `json:"zoom,omitempty"`    // scale 1-Zoom..1+Zoom of each axis on its own, 0..0.9
	// Elastic is how far a smooth random field bends the image at most: share of
	// the sides, 0..0.5.
	Elastic    float64 `json:"elastic,omitempty"`
	FlipX      bool    `json:"flip_x,omitempty"`     // every second image mirrored, left and right
	FlipY      bool    `json:"flip_y,omitempty"`     // top and bottom
	Crop       float64 `json:"crop,omitempty"`       // a part of 1-Crop..1 of the area is enlarged to the whole, 0..0.95
	Channel    float64 `json:"channel,omitempty"`    // levels of 255 for each channel, 0..255
	Brightness float64 `json:"brightness,omitempty"` // share, 0..1
	Contrast   float64 `json:"contrast,omitempty"`   // share, 0..1
	Saturation float64 `json:"saturation,omitempty"` // share, 0..1
	Hue        float64 `json:"hue,omitempty"`        // degrees, 0..180
	Erase      float64 `json:"erase,omitempty"`      // probability that a rectangle is erased, 0..1
	MixUp      float64 `json:"mixup,omitempty"`      // alpha of two images' proportion in training, 0..4; 0: none
	CutMix     float64 `json:"cutmix,omitempty"`     // alpha of a rectangle's area that two images exchange in training, 0..4
}

// Model is a net to be trained on every fold: a whole architecture that begins at
// random, or a head on a backbone that begins with published weights.
type Model struct {
	Name string // lower-case word, unique
	Net  string // architecture's name; not checked here; "" with a backbone

	Backbone string   // architecture's name; not checked here; "" with Net; what follows is of a backbone
	Weights  string   // Published, Fresh or the path of a file
	Cut      string   // the layer of the backbone that the head stands on: "pool", "last_conv" or a layer's own name
	Head     []string // layers before the one of the classes, such as "drop 0.5"; not checked here
	Passes   int      // views of each training photo that frozen phases learn from, the first plain, 1..100

	Inputs []string // what the head is given beside what the trunk sees: SizeInput
	Boxes  float64  // weight of the loss of the box that the net predicts beside the class; 0: it predicts none
	Crop   string   // model before this one to whose boxes photos are cut; "": whole photos

	Copies int // nets of different seeds on each fold, 1..100
	// Augment is the model's own, whole, or that of the spec: nets that saw other
	// images make other mistakes, which is what a blend lives on.
	Augment Augment
}

// Phase is one stretch of training. Each starts its optimizer and schedule anew.
// Its JSON goes into the keys of trained nets: a field at zero is left out, so
// that a field that is added later renames nothing that was trained without it.
type Phase struct {
	Epochs         int     `json:"epochs,omitempty"`          // 1..10000
	Batch          int     `json:"batch,omitempty"`           // rows a step, 1..65536
	Optimizer      string  `json:"optimizer,omitempty"`       // "adam", "sgd", "momentum" or "nesterov"
	LR             float64 `json:"lr,omitempty"`              // largest learning rate, > 0..10
	WeightDecay    float64 `json:"weight_decay,omitempty"`    // 0..1
	Momentum       float64 `json:"momentum,omitempty"`        // of momentum and nesterov, >0..<1; 0 for the others
	ClipNorm       float64 `json:"clip_norm,omitempty"`       // largest norm of the gradient, 0 (no limit)..1e6
	Schedule       string  `json:"schedule,omitempty"`        // "constant", "one_cycle", "cosine" or "step"
	EMA            float64 `json:"ema,omitempty"`             // decay of the moving average of weights, 0 (none)..<1
	LabelSmoothing float64 `json:"label_smoothing,omitempty"` // 0..<1
	Freeze         bool    `json:"freeze,omitempty"`          // the backbone stays as it is, its running statistics included
	BackboneLR     float64 `json:"backbone_lr,omitempty"`     // the backbone's learning rate as a factor of LR, >0..10; 0: 1
	WarmUp         float64 `json:"warmup,omitempty"`          // share of the steps in which the rate rises to the schedule's, 0..<1
	Patience       int     `json:"patience,omitempty"`        // epochs without a better loss after which the phase ends; 0: it does not
	Share          float64 `json:"share,omitempty"`           // of the fold's training rows that Patience watches, >0..0.5
}

// Blend says how the members, the models and what was made elsewhere, become one
// prediction.
type Blend struct {
	// How is "mean", "geometric", "rank" (for auc) or "stack", a logistic
	// regression on the members' out-of-fold predictions.
	How                   string
	Folds, Copies, Models bool
	TTA                   int     // predictions of each image, the first plain, the others augmented; 1: none
	Weights               Weights // of the members; zero: every net counts alike
	Also                  []Outside
}

// Weights are what members count for.
type Weights struct {
	Auto  bool     // chosen by the metric of out-of-fold predictions
	Given []Weight // one a member, in the order of the file
}

// Weight is what one member counts for: at least 0, relative to the others.
type Weight struct {
	Name  string // of a model or of an Outside
	Value float64
}

// Outside is a member that was made elsewhere: two files of probabilities, an id
// column first and one column a class (or one of class 1 of two).
type Outside struct {
	Name string // lower-case word, unique among the models too
	OOF  string // path of a file with a row a training row, predicted by a model that had not seen it
	Test string // path of a file with a row a test row
}

// Correction is a step of calibration.
type Correction struct {
	Kind  string    // "temperature", "prior", "clip" or KNN; each at most once
	Auto  bool      // estimated, and kept where it helps
	Value []float64 // without Auto: a temperature; a clip; class frequencies; a number of neighbours
}

// Submit says how the submission is named and written.
type Submit struct {
	Name string // message: see ExpandName
	Wait bool   // wait for the score
}
