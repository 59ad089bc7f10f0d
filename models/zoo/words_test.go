package zoo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

func TestHeadBuild(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][]string{
		"":           {"head.fc.weight (36, 5)", "head.fc.bias (5)"},
		"drop 0.2":   {"head.fc.weight (36, 5)", "head.fc.bias (5)"},
		"pool":       {"head.fc.weight (4, 5)", "head.fc.bias (5)"},
		"pool; pool": {"head.fc.weight (4, 5)", "head.fc.bias (5)"},
		"dense 7":    {"head.fc1.weight (36, 7)", "head.fc1.bias (7)", "head.fc.weight (7, 5)", "head.fc.bias (5)"},
		"pool; dense 7 bn; drop 0.5; dense 3": {"head.fc1.weight (4, 7)", "head.bn1.weight (7)", "head.bn1.bias (7)", "head.bn1.running_mean (7)",
			"head.bn1.running_var (7)", "head.fc2.weight (7, 3)", "head.fc2.bias (3)", "head.fc.weight (3, 5)", "head.fc.bias (5)"},
	} {
		head, err := zoo.ParseHead(split(words))
		if err != nil {
			t.Fatal(err)
		}
		n := graph.NewNet(graph.NewState(nil, 0), graph.Train, 2)
		logits := head.Build(n, n.Input(3, 3, 4), zoo.Ends{Classes: 5})
		if n.Err() != nil || logits.Shape()[0] != 2 || logits.Shape()[1] != 5 {
			t.Fatalf("%q: %v, %v", words, logits, n.Err())
		}
		if d := cmp.Diff(want, params(n)); d != "" {
			t.Errorf("%q: -want +got:\n%s", words, d)
		}
	}
}

// TestHeadEnds: what a head takes and gives beside the features and the classes, and the
// shapes of layers on images of 5x8.
func TestHeadEnds(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][]string{
		"drop 0.1; dense 7": {"head.fc1.weight (160, 7)", "head.fc1.bias (7)", "head.extra.weight (3)", "head.extra.bias (3)",
			"head.extra.running_mean (3)", "head.extra.running_var (3)", "head.box.weight (10, 4)", "head.box.bias (4)", "head.fc.weight (10, 5)", "head.fc.bias (5)"},
		"": {"head.extra.weight (3)", "head.extra.bias (3)", "head.extra.running_mean (3)", "head.extra.running_var (3)",
			"head.box.weight (163, 4)", "head.box.bias (4)", "head.fc.weight (163, 5)", "head.fc.bias (5)"},
		"bn; conv 6 bn; maxpool 1x2; pool; bn; dense 2": {"head.norm1.weight (4)", "head.norm1.bias (4)", "head.norm1.running_mean (4)", "head.norm1.running_var (4)",
			"head.conv1.weight (6, 4, 3, 3)", "head.convbn1.weight (6)", "head.convbn1.bias (6)", "head.convbn1.running_mean (6)", "head.convbn1.running_var (6)",
			"head.norm2.weight (6)", "head.norm2.bias (6)", "head.norm2.running_mean (6)", "head.norm2.running_var (6)", "head.fc1.weight (6, 2)", "head.fc1.bias (2)",
			"head.extra.weight (3)", "head.extra.bias (3)", "head.extra.running_mean (3)", "head.extra.running_var (3)",
			"head.box.weight (5, 4)", "head.box.bias (4)", "head.fc.weight (5, 5)", "head.fc.bias (5)"},
	} {
		head, err := zoo.ParseHead(split(words))
		if err != nil {
			t.Fatal(err)
		}
		n := graph.NewNet(graph.NewState(nil, 0), graph.Train, 2)
		logits := head.Build(n, n.Input(5, 8, 4), zoo.Ends{Classes: 5, Extra: 3, Boxes: 0.1})
		if n.Err() != nil || logits.Shape()[1] != 5 || n.MinBatch() != 2 {
			t.Fatalf("%q: %v, %v", words, logits, n.Err())
		}
		if d := cmp.Diff(want, params(n)); d != "" {
			t.Errorf("%q: -want +got:\n%s", words, d)
		}
	}
	for words, want := range map[string]string{"heat": "(2, 5, 8, 3)", "inception; heat": "(2, 3, 4, 3)", "maxpool; maxpool 1x2; heat": "(2, 2, 2, 3)"} {
		head, err := zoo.ParseHead(split(words))
		if err != nil {
			t.Fatal(err)
		}
		n := graph.NewNet(graph.NewState(nil, 0), graph.Eval, 2)
		maps := n.Until("heat", func() { head.Build(n, n.Input(5, 8, 4), zoo.Ends{Classes: 3}) })
		if n.Err() != nil || fmt.Sprint(maps.Shape()) != want || !head.Heat() || !head.WantsImage() {
			t.Errorf("%q: %v, %v", words, maps, n.Err())
		}
	}
}

// params are the names and shapes of a net's parameters.
func params(n *graph.Net) (out []string) {
	for _, p := range n.State().Params() {
		out = append(out, fmt.Sprint(p.Name, " ", reverse(p.TorchShape())))
	}
	return out
}

// reverse is PyTorch's shape, of a dense layer as ours.
func reverse(s []int) string {
	switch len(s) {
	case 4:
		return fmt.Sprintf("(%d, %d, %d, %d)", s[0], s[1], s[2], s[3])
	case 2:
		return fmt.Sprintf("(%d, %d)", s[1], s[0])
	}
	return fmt.Sprintf("(%d)", s[0])
}

func split(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(words, "; ")
}

func TestParseHeadErrors(t *testing.T) {
	t.Parallel()
	const (
		all   = "layers of a head: drop P, dense N or dense N bn, pool, bn, conv N or conv N bn, maxpool or maxpool HxW, inception, heat"
		drop  = "drop P: dropout, such as drop 0.5"
		dense = "dense N or dense N bn: N units and ReLU, with batch normalisation before it"
		pool  = "pool: the average over the image"
		tile  = "maxpool or maxpool HxW: the largest of each tile of 2x2, or of H rows and W columns"
	)
	for words, c := range map[string]struct{ want, hint string }{
		"dropp 0.2":         {`head, layer 1 of 1, "dropp 0.2": want a layer of a head`, "did you mean drop?"},
		"drop 0.2; dnse 12": {`head, layer 2 of 2, "dnse 12": want a layer of a head`, "did you mean dense?"},
		"drop 1":            {`head, layer 1 of 1, "drop 1": want a share to drop from 0 to less than 1, got "1"`, drop},
		"drop NaN":          {`head, layer 1 of 1, "drop NaN": want a share to drop from 0 to less than 1, got "NaN"`, drop},
		"dense 0":           {`head, layer 1 of 1, "dense 0": want a number of units from 1 to 65536, got "0"`, dense},
		"dense 9 norm":      {`head, layer 1 of 1, "dense 9 norm": want dense N or dense N bn`, dense},
		"dense":             {`head, layer 1 of 1, "dense": want a layer of a head`, dense},
		"pool 2":            {`head, layer 1 of 1, "pool 2": want a layer of a head`, pool},
		"dense 3; pool":     {`head, layer 2 of 2, "pool": want pool before the first dense: after it there is no image`, pool},
		" ":                 {`head, layer 1 of 1, " ": want a layer of a head`, all},
		"batchnorm":         {`head, layer 1 of 1, "batchnorm": want a layer of a head`, all},
		"Drop 0.2":          {`head, layer 1 of 1, "Drop 0.2": want a layer of a head`, "did you mean drop?"},
		"conv 0": {`head, layer 1 of 1, "conv 0": want a number of channels from 1 to 65536, got "0"`,
			"conv N or conv N bn: a 3x3 convolution to N channels and ReLU, with batch normalisation before it"},
		"pool; maxpool": {`head, layer 2 of 2, "maxpool": want maxpool before pool: after it there is no image`, tile},
		"maxpool 2":     {`head, layer 1 of 1, "maxpool 2": want the rows and columns of a tile, such as 2x2 or 1x2, got "2"`, tile},
		"maxpool 1x1":   {`head, layer 1 of 1, "maxpool 1x1": want the rows and columns of a tile, such as 2x2 or 1x2, got "1x1"`, tile},
		"maxpool -2x2":  {`head, layer 1 of 1, "maxpool -2x2": want the rows and columns of a tile, such as 2x2 or 1x2, got "-2x2"`, tile},
		"dense 3; inception": {`head, layer 2 of 2, "inception": want inception before the first dense: after it there is no image`,
			"inception: a block of four branches that halves the image"},
		"heat; drop 0.5": {`head, layer 2 of 2, "drop 0.5": want nothing after heat, which ends in the classes`, drop},
	} {
		_, err := zoo.ParseHead(split(words))
		if err == nil || err.Error() != c.want || fault.HintOf(err) != c.hint || fault.KindOf(err) != fault.Usage {
			t.Errorf("%q:\ngot  %v (hint %q)\nwant %s (hint %q)", words, err, fault.HintOf(err), c.want, c.hint)
		}
	}
}

// FuzzParseHead: what is read can be built, whatever it says, where tiles fit.
func FuzzParseHead(f *testing.F) {
	for _, s := range []string{"drop 0.2", "dense 256 bn", "pool", "dense 9; drop 0", "drop 1e-320", "dense 0x3", "conv 3 bn; maxpool; heat", "bn; inception", "maxpool 1x2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		head, err := zoo.ParseHead(split(words))
		if err != nil {
			if fault.KindOf(err) != fault.Usage || fault.HintOf(err) == "" {
				t.Errorf("%v, hint %q", err, fault.HintOf(err))
			}
			return
		}
		n := graph.NewNet(graph.NewState(nil, 0), graph.Train, 2)
		head.Build(n, n.Input(2, 2, 3), zoo.Ends{Classes: 2})
		if err := n.Err(); err != nil && !strings.Contains(err.Error(), "pool: window") {
			t.Error(err)
		}
	})
}
