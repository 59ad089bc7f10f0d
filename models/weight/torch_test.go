package weight

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestTorch reads PyTorch's files and compares bits with what PyTorch converted.
func TestTorch(t *testing.T) {
	t.Parallel()
	want, err := Load("testdata/state.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state.pth", "legacy.pth", "protocol4.pth", "checkpoint.pth"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := openGolden(t, name)
			if got := len(r.Infos()); got != len(want.Tensors)+1 {
				t.Errorf("%d tensors, want %d", got, len(want.Tensors)+1)
			}
			for _, w := range want.Tensors {
				info, ok := r.Lookup(w.Name)
				if !ok || !slices.Equal(info.Shape, w.Shape) {
					t.Errorf("%s: %v, %v, want shape %v", w.Name, info, ok, w.Shape)
					continue
				}
				got := make([]float32, info.Elements())
				if err := r.Read(w.Name, got); err != nil {
					t.Fatal(err)
				}
				for i := range got {
					if math.Float32bits(got[i]) != math.Float32bits(w.Data[i]) {
						t.Errorf("%s[%d] = %v, want %v", w.Name, i, got[i], w.Data[i])
					}
				}
			}
			count := "bn.num_batches_tracked"
			if info, ok := r.Lookup(count); !ok || info.DType != "I64" || len(info.Shape) != 0 {
				t.Errorf("%v, %v", info, ok)
			}
			if err := r.Read(count, make([]float32, 1)); err == nil || !strings.Contains(err.Error(), `tensor "bn.num_batches_tracked": want numbers with a fraction, got I64`) {
				t.Errorf("an integer was read: %v", err)
			}
			if err := r.Read("nobody", nil); err == nil || !strings.Contains(err.Error(), `tensor "nobody": not there`) {
				t.Errorf("got %v", err)
			}
			if err := r.Read("whole", make([]float32, 3)); err == nil || !strings.Contains(err.Error(), "want room for 24 values, got 3") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func openGolden(t *testing.T, name string) *Reader {
	t.Helper()
	r, err := Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestEvil: pickles that call something are refused by its name.
func TestEvil(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"evil_zip.pth":       `it asks for "system" of the module "posix"`,
		"evil_legacy.pth":    `it asks for "system" of the module "posix"`,
		"evil_protocol4.pth": `it asks for "eval" of the module "builtins"`,
		"evil_module.pth":    `it asks for "Linear" of the module "torch.nn.modules.linear"`,
	} {
		_, err := Open(filepath.Join("testdata", name))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(fault.HintOf(err), "state_dict") {
			t.Errorf("%s: %v, hint %q; want %s", name, err, fault.HintOf(err), want)
		}
	}
}

// dataPickle is the record of a zip that holds the pickle.
const dataPickle = "archive/data.pkl"

// pickles are bodies of a data.pkl and what is wrong with each.
var pickles = map[string]string{
	"":                                       "pickle: truncated",
	".":                                      "the stack is empty",
	"N.":                                     "no state dict: it holds one value and no dict",
	"}.":                                     "no state dict: its dict holds no tensors",
	"\x80\x06.":                              "protocol 6 is not known",
	"\xff.":                                  "operation 0xff is not known",
	"iposix\nsystem\n.":                      "operation 0x69 is not known",
	"o.":                                     "operation 0x6f is not known",
	"\x81.":                                  "operation 0x81 is not known",
	"\x82\x01.":                              "operation 0x82 is not known",
	"P1\n.":                                  "operation 0x50 is not known",
	"cposix\nsystem\n.":                      `it asks for "system" of the module "posix"`,
	"cposix":                                 "a name does not end",
	"X\xff\xff\xff\xffa.":                    "want a text of 4294967295 bytes",
	"\x8e\xff\xff\xff\xff.":                  "operation 0x8e is not known",
	"h\x07.":                                 "memo 7 is empty",
	"(.":                                     "the stack is empty",
	"t.":                                     "no mark",
	"\x87.":                                  "the stack is empty",
	"}(Nu.":                                  "a key has no value",
	"NNa.":                                   "want a list or a dict",
	"NQ.":                                    "a persistent id",
	")Q.":                                    "want the id of a storage",
	"NNR.":                                   "want a class and a tuple",
	"ctorch\nFloatStorage\n)R.":              "a storage class is called",
	"ctorch._utils\n_rebuild_tensor_v2\n)R.": "want at least 4 arguments",
	"ctorch._utils\n_rebuild_tensor_v2\n(NNNNtR.": "storage, place, shape or strides are none",
	"ctorch._utils\n_rebuild_parameter\n)R.":      "want a tensor for a Parameter",
	"ctorch\nSize\n)R.":                           "want a tuple for a Size",
	"ccollections\nOrderedDict\nN\x85R.":          "want a list of pairs",
	"ccollections\nOrderedDict\n]Na\x85R.":        "want a list of pairs",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01")) + named("a", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01")) + ".": "no name of its own",
	"}N" + torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01") + "s.":                                                                                "no name of its own: one that is no text",
	"}" + named("a", torchView("FloatStorage", "0", 3, 1, "K\x03", "K\x01")) + ".":                                                                      "does not lie in its storage of 3",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x04", "K\x00")) + ".":                                                                      "does not lie in its storage of 3",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x02", "J\xff\xff\xff\xff")) + ".":                                                          "shape or strides are none",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x02", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f")) + ".":                                   "does not lie in its storage",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "K\x03", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f")) + ".":                                   "are too large",
	"}" + named("a", torchView("FloatStorage", "0", 3, 0, "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", "K\x00")) + ".":                                   "is too large",
	"}" + named("a", torchView("FloatStorage", "0", 9, 0, "K\x03", "K\x01")) + ".":                                                                      "has 12 bytes, want 9 values of F32",
	"}" + named("a", torchView("FloatStorage", "7", 3, 0, "K\x03", "K\x01")) + ".":                                                                      `no record "archive/data/7"`,
	"}" + named("a", torchView("FloatStorage", "../data.pkl", 3, 0, "K\x03", "K\x01")) + ".":                                                            `no record`,
	"}" + named("a", torchView("OrderedDict", "0", 3, 0, "K\x03", "K\x01")) + ".":                                                                       "it asks for",
	"}" + strings.Repeat("N0", 1):        "operation 0x30 is not known",
	strings.Repeat("N", maxOperations+1): "want at most 1000000 operations",
	"}(" + text("a") + "}" + named("x", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01")) + text("b") + "}" + named("x", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01")) + "u.": `several of its dicts hold tensors: "a", "b"`,
}

// named sets a key of the dict on the stack, torchView pushes a tensor: pieces of pickles.
func named(name, value string) string { return text(name) + value + "s" }

func text(s string) string { return "X" + string([]byte{byte(len(s)), 0, 0, 0}) + s }

func torchView(class, key string, values, first int, shape, stride string) string {
	return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + class + "\n" + text(key) + text("cpu") +
		"K" + string(rune(values)) + "tQK" + string(rune(first)) + shape + "\x85" + stride + "\x85\x89}tR"
}

// torchFile is a zip as torch.save makes it, with three float32 in storage 0.
func torchFile(t testing.TB, pickle string) []byte {
	t.Helper()
	return zipped(t, record{dataPickle, pickle, false}, record{"archive/data/0", "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40", false})
}

func TestBrokenPickles(t *testing.T) {
	t.Parallel()
	for pickle, want := range pickles {
		t.Run(fmt.Sprintf("%.30q", pickle), func(t *testing.T) {
			t.Parallel()
			b := torchFile(t, pickle)
			_, err := newReader(bytes.NewReader(b), int64(len(b)))
			if err == nil || !strings.Contains(err.Error(), want) || fault.HintOf(err) == "" {
				t.Errorf("%v, hint %q; want an error with %q", err, fault.HintOf(err), want)
			}
		})
	}
	good := torchFile(t, "}"+named("a", torchView("FloatStorage", "0", 3, 0, "K\x03", "K\x01"))+".")
	r, err := newReader(bytes.NewReader(good), int64(len(good)))
	got := make([]float32, 3)
	if err != nil || r.Read("a", got) != nil || !slices.Equal(got, []float32{1, 2, 3}) {
		t.Errorf("the control: %v, %v", got, err)
	}
}

// TestDictBomb copies one list of pairs again and again.
func TestDictBomb(t *testing.T) {
	t.Parallel()
	pickle := "](" + strings.Repeat("]NaNa", 10_000) + "e\x85q\x000" // a list of pairs in a tuple
	pickle = strings.TrimSuffix(pickle, "0") + strings.Repeat("ccollections\nOrderedDict\nh\x00R", 1000)
	b := torchFile(t, pickle)
	if _, err := newReader(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), "operations") {
		t.Errorf("got %v", err)
	}
}

// TestTruncatedTorch cuts good files at every length: never a panic, always an error.
func TestTruncatedTorch(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"state.pth", "legacy.pth"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := range b {
			if _, err := newReader(bytes.NewReader(b[:n]), int64(n)); err == nil {
				t.Errorf("%s: %d of %d bytes were accepted", name, n, len(b))
			}
		}
	}
}

func FuzzTorch(f *testing.F) {
	for _, name := range []string{"state.pth", "legacy.pth", "protocol4.pth", "evil_zip.pth", "evil_legacy.pth"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { readAll(t, b) })
}

// FuzzPickle needs no valid zip around what it tries.
func FuzzPickle(f *testing.F) {
	for pickle := range pickles {
		if len(pickle) < 1000 {
			f.Add([]byte(pickle))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { readAll(t, torchFile(t, string(b))) })
}

// readAll reads a file that may be anything; what is accepted is no larger than it.
func readAll(t *testing.T, b []byte) {
	r, err := newReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	for _, info := range r.Infos() {
		if info.Elements() > len(b) {
			t.Fatalf("%v out of %d bytes", info, len(b))
		}
		if d, _ := dtypeOf(info.DType); d.float32 == nil {
			continue
		}
		if err := r.Read(info.Name, make([]float32, info.Elements())); err != nil {
			t.Fatalf("%v was accepted and cannot be read: %v", info, err)
		}
	}
}
