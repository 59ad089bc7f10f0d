package pipelines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// FuzzDecode: never a panic; an error is a fault of kind Usage with a place in
// it; what is accepted comes back equal from its canonical form.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(small), "train.epochs=2")
	f.Add([]byte(full), "augment.shift=[0.1, 0.2]")
	f.Add([]byte("use: digit-recognizer\ntrain: [{epochs: 1, lr: 1e-300}]\n"), "models.cnn={net: a, copies: 3}")
	f.Add([]byte("use: digit-recognizer\nblend: {how: stack, also: {x: {oof: a, test: b}}}\npost: [prior 0.5 0.5, clip off]\n"), "blend.weights={cnn: 1, x: 0}")
	f.Add([]byte(ofTransfer), "models.vgg.head=[dense 9, drop .1]")
	f.Add([]byte(ofTransfer), "train={freeze: backbone, epochs: 1, backbone_lr: x2, warmup: 0, early_stop: {patience: 1}}")
	f.Add([]byte("a: &x [*x]\n<<: {b: !!binary x}\n"), "a.0=*x")
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		for _, sets := range [][]string{nil, {set}} {
			s, err := pipelines.Decode("fuzz.yaml", src, sets...)
			if err != nil {
				if fault.KindOf(err) != fault.Usage {
					t.Fatalf("%v is not a usage fault", err)
				}
				continue
			}
			again, err := pipelines.Decode("fuzz.yaml", s.Canonical())
			if err != nil {
				t.Fatalf("the canonical form is refused: %v\n%s", err, s.Canonical())
			}
			if d := cmp.Diff(s, again, sameSpec); d != "" {
				t.Fatalf("the canonical form differs (-first +again):\n%s", d)
			}
			if _, err := s.MarshalJSON(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
