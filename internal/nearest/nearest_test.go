package nearest_test

import (
	"fmt"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

func TestWord(t *testing.T) {
	t.Parallel()
	words := []string{"epochs", "batch", "optimizer", "label_smoothing", "lr"}
	for got, want := range map[string]string{
		"epoch": "epochs", "Epochs": "epochs", "optimiser": "optimizer", "label-smoothing": "label_smoothing",
		"opt": "optimizer", "lrr": "lr", "zzz": "", "": "", "b": "",
	} {
		if near := nearest.Word(got, words); near != want {
			t.Errorf("Word(%q) = %q, want %q", got, near, want)
		}
	}
}

func ExampleWord() {
	fmt.Println(nearest.Word("mnist_bm", []string{"linear", "mnist_cnn", "mnist_bn"}))
	// Output: mnist_bn
}
