package weight

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// storage is memory that tensors look into.
type storage struct {
	key    string
	dtype  dtype
	values int
	at     int64 // offset in the file
}

// torchTensor is a view of a storage.
type torchTensor struct {
	storage        *storage
	first          int // value of the storage
	shape, strides []int
}

// classes are what a pickle may name, and what a call of it makes. Those of
// storages are only named, in persistent ids.
var classes = map[pyClass]func(args pyTuple) (any, error){
	"collections OrderedDict":         newDict,
	"torch Size":                      newSize,
	"torch._utils _rebuild_tensor":    newTensor,
	"torch._utils _rebuild_tensor_v2": newTensor,
	"torch._utils _rebuild_parameter": newParameter,
	"torch FloatStorage":              notCalled,
	"torch DoubleStorage":             notCalled,
	"torch HalfStorage":               notCalled,
	"torch BFloat16Storage":           notCalled,
	"torch LongStorage":               notCalled,
	"torch IntStorage":                notCalled,
	"torch ShortStorage":              notCalled,
	"torch CharStorage":               notCalled,
	"torch ByteStorage":               notCalled,
	"torch BoolStorage":               notCalled,
}

// storages are the dtypes of the storage classes.
var storages = map[pyClass]string{
	"torch FloatStorage": "F32", "torch DoubleStorage": "F64", "torch HalfStorage": "F16", "torch BFloat16Storage": "BF16",
	"torch LongStorage": "I64", "torch IntStorage": "I32", "torch ShortStorage": "I16", "torch CharStorage": "I8",
	"torch ByteStorage": "U8", "torch BoolStorage": "BOOL",
}

func notCalled(pyTuple) (any, error) { return nil, broken("pickle: a storage class is called") }

// newDict is OrderedDict() or, as Python 2 wrote it, OrderedDict([[key, value], ...]).
func newDict(args pyTuple) (any, error) {
	d := &pyDict{}
	if len(args) == 0 {
		return d, nil
	}
	pairs, ok := args[0].(*pyList)
	if !ok || len(args) != 1 {
		return nil, broken("pickle: want a list of pairs for an OrderedDict")
	}
	for _, pair := range pairs.items {
		items, ok := pair.(*pyList)
		if !ok || len(items.items) != 2 {
			return nil, broken("pickle: want a list of pairs for an OrderedDict")
		}
		d.keys, d.values = append(d.keys, items.items[0]), append(d.values, items.items[1])
	}
	return d, nil
}

func newSize(args pyTuple) (any, error) {
	if len(args) == 1 {
		if t, ok := args[0].(pyTuple); ok {
			return t, nil
		}
	}
	return nil, broken("pickle: want a tuple for a Size")
}

// newParameter is (tensor, requires_grad, hooks).
func newParameter(args pyTuple) (any, error) {
	if len(args) > 0 {
		if t, ok := args[0].(*torchTensor); ok {
			return t, nil
		}
	}
	return nil, broken("pickle: want a tensor for a Parameter")
}

// newTensor is (storage, first value, shape, strides, ...). The view must lie in
// the storage and have no more values than it: a small file cannot ask for a large
// tensor.
func newTensor(args pyTuple) (any, error) {
	if len(args) < 4 {
		return nil, broken("pickle: want at least 4 arguments for a tensor, got %d", len(args))
	}
	s, isStorage := args[0].(*storage)
	first, isInt := args[1].(int)
	shape, ok1 := sizes(args[2])
	strides, ok2 := sizes(args[3])
	if !isStorage || !isInt || !ok1 || !ok2 || len(shape) != len(strides) {
		return nil, broken("pickle: a tensor's storage, place, shape or strides are none")
	}
	t := &torchTensor{storage: s, first: first, shape: shape, strides: strides}
	return t, t.check()
}

func (t *torchTensor) check() error {
	n, err := elements(t.shape)
	if err != nil {
		return broken("pickle: %v", err)
	}
	last := t.first
	for i, d := range t.shape {
		if n > 0 && d > 1 && t.strides[i] > (math.MaxInt-max(last, 0))/(d-1) {
			return broken("pickle: strides %v of shape %v are too large", t.strides, t.shape)
		}
		last += max(d-1, 0) * t.strides[i]
	}
	if t.first < 0 || n > t.storage.values || n > 0 && last >= t.storage.values {
		return broken("pickle: a tensor of shape %v, strides %v from value %d does not lie in its storage of %d", t.shape, t.strides, t.first, t.storage.values)
	}
	return nil
}

// sizes are the numbers of a tuple, none of them negative.
func sizes(v any) ([]int, bool) {
	items, ok := v.(pyTuple)
	if !ok || len(items) > 16 {
		return nil, false
	}
	out := make([]int, len(items))
	for i, item := range items {
		n, ok := item.(int)
		if !ok || n < 0 {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}

// newStorage reads a persistent id: ("storage", class, key, device, values, ...).
func newStorage(id pyTuple) (*storage, error) {
	if len(id) < 5 || id[0] != any("storage") {
		return nil, broken("pickle: want the id of a storage")
	}
	c, _ := id[1].(pyClass)
	d, isKnown := dtypeOf(storages[c])
	key, isText := id[2].(string)
	n, isInt := id[4].(int)
	if !isKnown || !isText || !isInt || n < 0 || n > math.MaxInt/16 {
		return nil, broken("pickle: a storage has no class, key or size")
	}
	if len(id) > 5 && id[5] != nil {
		return nil, fault.New(fault.Failed, "save it again with a newer PyTorch", "pickle: views of storages, of PyTorch before 0.4, are not read")
	}
	return &storage{key: key, dtype: d, values: n}, nil
}

// stateDict finds the tensors of a checkpoint: its values, or those of the one
// dict in it that has any, such as "state_dict" or "model".
func stateDict(v any) ([]entry, error) {
	top, ok := v.(*pyDict)
	if !ok {
		return nil, noStateDict("it holds one value and no dict")
	}
	entries, err := top.tensors()
	if err != nil || len(entries) > 0 {
		return entries, err
	}
	var names []string
	for i, inner := range top.values {
		d, ok := inner.(*pyDict)
		if !ok {
			continue
		}
		in, err := d.tensors()
		if err != nil {
			return nil, err
		}
		if len(in) > 0 {
			entries = in
			names = append(names, keyName(top.keys[i]))
		}
	}
	switch len(names) {
	case 0:
		return nil, noStateDict("its dict holds no tensors")
	case 1:
		return entries, nil
	}
	return nil, noStateDict("several of its dicts hold tensors: " + strings.Join(names[:min(len(names), 5)], ", "))
}

// keyName is a key in a message. Values of other kinds may be very long.
func keyName(key any) string {
	if s, ok := key.(string); ok {
		return fmt.Sprintf("%.40q", s)
	}
	return "one that is no text"
}

func noStateDict(what string) error {
	return fault.New(fault.Failed, "in PyTorch save the state dict alone: torch.save(net.state_dict(), FILE)", "no state dict: %s", what)
}

// tensors are the tensors among the values of d, in order.
func (d *pyDict) tensors() ([]entry, error) {
	var out []entry
	seen := map[string]bool{}
	for i, v := range d.values {
		t, ok := v.(*torchTensor)
		if !ok {
			continue
		}
		name, ok := d.keys[i].(string)
		if !ok || name == "" || seen[name] {
			return nil, broken("pickle: a tensor has no name of its own: %s", keyName(d.keys[i]))
		}
		seen[name] = true
		out = append(out, t.entry(name))
	}
	return out, nil
}

func (t *torchTensor) entry(name string) entry {
	e := entry{Info: Info{Name: name, Shape: t.shape, DType: t.storage.dtype.name}, dtype: t.storage.dtype}
	e.at = t.storage.at + int64(t.first)*int64(e.dtype.size)
	if !slices.Equal(t.strides, rowMajor(t.shape)) {
		e.strides = t.strides
	}
	return e
}

// rowMajor are the strides of values one after another.
func rowMajor(shape []int) []int {
	out, n := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		out[i] = n
		n *= max(shape[i], 1)
	}
	return out
}
