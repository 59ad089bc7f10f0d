package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

func TestKindAndHint(t *testing.T) {
	t.Parallel()
	inner := fault.Wrap(fs.ErrNotExist, fault.Usage, "podium files titanic", "read %s", "train.csv")
	outer := fmt.Errorf("run digits: %w", fault.Wrap(inner, fault.Network, "", "download"))
	for _, c := range []struct {
		name string
		err  error
		kind fault.Kind
		hint string
	}{
		{"plain", errors.New("x"), fault.Failed, ""},
		{"nil", nil, fault.Failed, ""},
		{"inner", inner, fault.Usage, "podium files titanic"},
		{"the outermost kind, the first hint", outer, fault.Network, "podium files titanic"},
	} {
		if got := fault.KindOf(c.err); got != c.kind {
			t.Errorf("%s: kind %v, want %v", c.name, got, c.kind)
		}
		if got := fault.HintOf(c.err); got != c.hint {
			t.Errorf("%s: hint %q, want %q", c.name, got, c.hint)
		}
	}
	if !errors.Is(outer, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if got, want := outer.Error(), "run digits: download: read train.csv: file does not exist"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func ExampleNew() {
	err := fault.New(fault.Usage, "podium run digit-recognizer", "no pipeline %q", "digits")
	fmt.Println(err)
	fmt.Println(fault.HintOf(err))
	// Output:
	// no pipeline "digits"
	// podium run digit-recognizer
}
