// Package metric scores predictions the way Kaggle does. It is a leaf: the
// sandbox grades uploads with it and submissions score out-of-fold predictions
// with it, so that a local figure and a graded one can never differ by
// definition.
//
// It knows answers only: no files, no ids, no folds. Start at ByName, which
// says what a metric compares (Kind), and Metric.Score.
package metric

import (
	"math"
	"strconv"
)

// Kind is what a metric compares: what the answer columns of a submission hold.
type Kind int

// The kinds. The truth is of the same kind, but a class for Probabilities and
// Scores.
const (
	Labels        Kind = iota // one column with the name of a class
	Ratings                   // one column with a whole number; a near miss costs less than a far one
	Probabilities             // one column a class or, of a binary metric, the probability of class 1
	Scores                    // one column with a finite number, larger where class 1 is likelier
	Numbers                   // one column with a finite number
	Lists                     // one column with labels separated by spaces, the likeliest first
)

// Metric says what a score means.
type Metric struct {
	Name          string // as a spec and a competition.yaml write it
	Title         string // as Kaggle's API shows it in evaluationMetric
	Kind          Kind
	LowerIsBetter bool // true for losses and errors
	Binary        bool // true: the classes are 0 and 1, and there is one answer column
	NonNegative   bool // true: Numbers below zero have no score
	K             int  // of map@k: how many labels of a list count

	also []string // other titles
}

// registry is the whole list, in the order in which it is shown.
//
// The micro average of F1 is not in it: with one label a row it is accuracy.
var registry = []Metric{
	{Name: "accuracy", Title: "Categorization Accuracy", Kind: Labels, also: []string{"Accuracy", "Accuracy Score", "Acc"}},
	{Name: "logloss", Title: "Multi Class Log Loss", Kind: Probabilities, LowerIsBetter: true,
		also: []string{"Multiclass Loss", "Multi Class Logarithmic Loss"}},
	{Name: "logloss_binary", Title: "Log Loss", Kind: Probabilities, LowerIsBetter: true, Binary: true, also: []string{"Binary Log Loss"}},
	{Name: "auc", Title: "Area Under Receiver Operating Characteristic Curve", Kind: Scores, Binary: true,
		also: []string{"AUC", "ROC AUC", "ROC AUC Score", "Area Under the ROC Curve"}},
	{Name: "f1", Title: "F1 Score", Kind: Labels, Binary: true, also: []string{"Binary F1 Score", "F Score"}},
	{Name: "f1_macro", Title: "Macro F1 Score", Kind: Labels, also: []string{"F1 Macro", "F1 Score Macro", "Macro F Score"}},
	{Name: "quadratic_kappa", Title: "Quadratic Weighted Kappa", Kind: Ratings, also: []string{"QWK", "Cohen Kappa Score"}},
	{Name: "rmse", Title: "Root Mean Squared Error", Kind: Numbers, LowerIsBetter: true, also: []string{"RMSE", "Root Mean Square Error"}},
	{Name: "rmsle", Title: "Root Mean Squared Logarithmic Error", Kind: Numbers, LowerIsBetter: true, NonNegative: true,
		also: []string{"RMSLE", "Root Mean Squared Log Error"}},
	{Name: "mae", Title: "Mean Absolute Error", Kind: Numbers, LowerIsBetter: true, also: []string{"MAE"}},
	mapAt(5), // stands for every k
}

// mapAt is the metric map@k.
func mapAt(k int) Metric {
	digits := strconv.Itoa(k)
	return Metric{Name: mapPrefix + digits, Title: "MAP@" + digits, Kind: Lists, K: k}
}

const mapPrefix = "map@"

// Classifies reports whether the metric is of classes, so that the
// probabilities of a classifier can be scored (FromProba).
func (m Metric) Classifies() bool { return m.Kind != Numbers && m.Kind != Lists }

// Better reports whether score a beats score b. A score that is not a number
// never beats another and is beaten by every number.
func (m Metric) Better(a, b float64) bool {
	switch {
	case math.IsNaN(a):
		return false
	case math.IsNaN(b):
		return true
	case m.LowerIsBetter:
		return a < b
	}
	return a > b
}

// Decimals is the number of decimals that Kaggle shows and ranks by.
const Decimals = 5

// Round rounds a score to Decimals, halves away from zero.
func Round(score float64) float64 { return math.Round(score*1e5) / 1e5 }

// Format writes a score with Decimals places, as "0.99628". A score that is
// not a number gives "NaN".
func Format(score float64) string {
	return strconv.FormatFloat(score, 'f', Decimals, 64)
}
