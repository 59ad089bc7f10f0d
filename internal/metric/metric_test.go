package metric_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

func TestByName(t *testing.T) {
	t.Parallel()
	for _, name := range metric.Names() {
		m, err := metric.ByName(name)
		if err != nil || m.Name != name || m.Title == "" {
			t.Errorf("ByName(%q) = %+v, %v", name, m, err)
		}
	}
	for name, near := range map[string]string{
		"Accuracy":                            `"accuracy"`,
		"acuracy":                             `"accuracy"`,
		"acc":                                 `"accuracy"`,
		"log_loss":                            `"logloss"`,
		"Log Loss":                            `"logloss"`, // the letters of a name before those of a title
		"Multi Class Log Loss":                `"logloss"`,
		"binary logloss":                      `"logloss_binary"`,
		"Categorization Accuracy":             `"accuracy"`,
		"RMSE":                                `"rmse"`,
		"Root Mean Squared Logarithmic Error": `"rmsle"`,
		"qwk":                                 `"quadratic_kappa"`,
		"roc_auc":                             `"auc"`,
		"map":                                 `"map@5"`,
		"spearman":                            "",
		"":                                    "",
		"é":                                   "",
	} {
		_, err := metric.ByName(name)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Usage {
			t.Errorf("ByName(%q): want a usage fault, got %v", name, err)
			continue
		}
		if !strings.Contains(f.Hint, near) || !strings.Contains(f.Hint, "accuracy, logloss") || near == "" && strings.Contains(f.Hint, "mean") {
			t.Errorf("ByName(%q): hint %q lacks %s or the list", name, f.Hint, near)
		}
	}
}

func TestMapNames(t *testing.T) {
	t.Parallel()
	if m, err := metric.ByName("map@12"); err != nil || m.K != 12 || m.Title != "MAP@12" || m.Name != "map@12" || m.LowerIsBetter {
		t.Errorf("%+v, %v", m, err)
	}
	for _, name := range []string{"map@", "map@0", "map@-1", "map@05", "map@+5", "map@{K}", "map@5 ", "map@99999999999999999999"} {
		if m, err := metric.ByName(name); fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
			t.Errorf("ByName(%q) = %+v, %v", name, m, err)
		}
	}
}

func TestByTitle(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Categorization Accuracy":             "accuracy",
		"LogLoss":                             "logloss_binary",
		"Multi-Class Log Loss":                "logloss",
		"MulticlassLoss":                      "logloss",
		"Root Mean Squared Logarithmic Error": "rmsle",
		"RMSE":                                "rmse",
		"Mean Absolute Error":                 "mae",
		"Roc Auc Score":                       "auc",
		"Area Under Receiver Operating Characteristic Curve": "auc",
		"QuadraticWeightedKappa":                             "quadratic_kappa",
		"F1-Score":                                           "f1",
		"Macro F1-Score":                                     "f1_macro",
		"MAP@5":                                              "map@5",
		"map@7":                                              "map@7",
		"MAP@{K}":                                            "",
		"Mean F-Score":                                       "",
	} {
		if m, ok := metric.ByTitle(title); m.Name != want || ok != (want != "") {
			t.Errorf("ByTitle(%q) = %q, %v, want %q", title, m.Name, ok, want)
		}
	}
	for _, name := range metric.Names() { // a title leads back to its metric
		m, _ := metric.ByName(name)
		if back, ok := metric.ByTitle(m.Title); !ok || back.Name != name {
			t.Errorf("ByTitle(%q) = %q, want %q", m.Title, back.Name, name)
		}
	}
}

func TestBetter(t *testing.T) {
	t.Parallel()
	acc, _ := metric.ByName("accuracy")
	loss, _ := metric.ByName("logloss")
	nan := math.NaN()
	for _, c := range []struct {
		m    metric.Metric
		a, b float64
		want bool
	}{
		{acc, 0.9, 0.8, true}, {acc, 0.8, 0.9, false}, {acc, 0.9, 0.9, false},
		{loss, 0.1, 0.2, true}, {loss, 0.2, 0.1, false}, {loss, 0.1, 0.1, false},
		{acc, nan, 0, false}, {acc, 0, nan, true}, {loss, nan, 9, false}, {loss, 9, nan, true}, {loss, nan, nan, false},
	} {
		if got := c.m.Better(c.a, c.b); got != c.want {
			t.Errorf("%s: Better(%v, %v) = %v", c.m.Name, c.a, c.b, got)
		}
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for in, want := range map[float64]string{
		1: "1.00000", 0.996284: "0.99628", 0.6931471805599453: "0.69315", 1.881797068998267: "1.88180", 1e-15: "0.00000",
	} {
		if got := metric.Format(in); got != want {
			t.Errorf("Format(%v) = %q, want %q", in, got, want)
		}
	}
	if got := metric.Format(math.NaN()); got != "NaN" {
		t.Errorf("Format(NaN) = %q", got)
	}
	if got := metric.Round(0.123455); got != 0.12346 {
		t.Errorf("Round = %v", got)
	}
}
