package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

func header(first string, stem string, n int) []string {
	var names []string
	if first != "" {
		names = strings.Split(first, ",")
	}
	for i := range n {
		names = append(names, fmt.Sprintf("%s%d", stem, i))
	}
	return names
}

func TestStarter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header []string
		metric string
		want   starter
	}{
		"digits":       {header("label", "pixel", 784), "Categorization Accuracy", starter{Label: "label", Pixels: "pixel*", H: 28, W: 28, C: 1, Metric: "accuracy"}},
		"colour":       {header("id,Class", "px_", 32*32*3), "Multi-Class Log Loss", starter{Label: "Class", ID: "id", Pixels: "px_*", H: 32, W: 32, C: 3, Metric: "logloss"}},
		"label at end": {append(header("", "p", 16), "target"), "Dice Coefficient", starter{}},
	} {
		got, err := newStarter("comp", c.metric, c.header)
		if c.want == (starter{}) {
			if err == nil {
				t.Errorf("%s: accepted %+v", name, got)
			}
			continue
		}
		c.want.Competition = "comp"
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		spec, err := pipelines.Decode("comp.yaml", got.spec())
		if err != nil {
			t.Errorf("%s: the starter is no good spec: %v\n%s", name, err, got.spec())
			continue
		}
		if spec.Competition != "comp" || spec.Target.Column != got.Label || spec.Target.Metric != got.Metric || spec.Data.Pixels.H != got.H || spec.Data.ID != got.ID {
			t.Errorf("%s: the starter reads as %+v", name, spec)
		}
	}
}

func TestStarterRefuses(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		header []string
		metric string
	}{
		"but PassengerId,Survived,Pclass,...,Embarked (7 columns)": {strings.Split("PassengerId,Survived,Pclass,Name,Sex,Age,Embarked", ","), "Categorization Accuracy"},
		"no table of one label":          {header("", "pixel", 784), "Categorization Accuracy"},
		"783 pixels are no square image": {header("label", "pixel", 783), "Categorization Accuracy"},
		`its metric is "MAP@{K}"`:        {header("label", "pixel", 784), "MAP@{K}"},
		"but label,pixel0,a0,b0":         {[]string{"label", "pixel0", "a0", "b0"}, "Categorization Accuracy"},
	} {
		_, err := newStarter("comp", c.metric, c.header)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "not supported yet") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestReadHeader(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"label,pixel0\n1,2\n": "label pixel0", "\ufeffa,\"b,c\"\r\n": "a b,c", "only": "only", "": "", "\"a": "",
		strings.Repeat("x", maxHeader+1): "",
	} {
		path := filepath.Join(t.TempDir(), "train.csv")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := readHeader(path)
		if (err != nil) != (want == "") || strings.Join(got, " ") != want {
			t.Errorf("%.20q: %q, %v", content, got, err)
		}
	}
	if _, err := readHeader(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there")
	}
}
