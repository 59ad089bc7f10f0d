package weight

import (
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// build does the operations that put values together.
func (u *unpickler) build(op byte) error {
	switch op {
	case 'c', 0x93: // GLOBAL, STACK_GLOBAL
		return u.global(op)
	case 'Q': // BINPERSID
		return u.persistent()
	case 'R': // REDUCE
		return u.reduce()
	case 'b': // BUILD: attributes, which a state dict does not need
		_, err := u.pop()
		return err
	case 'a', 's': // APPEND, SETITEM
		return u.extend(map[byte]int{'a': 1, 's': 2}[op])
	case 'e', 'u': // APPENDS, SETITEMS
		return u.extend(0)
	}
	return broken("pickle: operation 0x%02x is not known", op)
}

// tuple takes the last 1 to 3 values, or all above the mark.
func (u *unpickler) tuple(op byte) error {
	if op == 't' {
		items, err := u.popMark()
		if err != nil {
			return err
		}
		return u.push(pyTuple(items))
	}
	items, err := u.popN(int(op) - 0x84)
	if err != nil {
		return err
	}
	return u.push(pyTuple(items))
}

func (u *unpickler) popN(n int) ([]any, error) {
	items := make([]any, n)
	for i := n - 1; i >= 0; i-- {
		v, err := u.pop()
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

// extend puts the last n values, or all above the mark, into the list or dict
// below them.
func (u *unpickler) extend(n int) error {
	var items []any
	var err error
	if n == 0 {
		items, err = u.popMark()
	} else {
		items, err = u.popN(n)
	}
	if err != nil {
		return err
	}
	into, err := u.pop()
	if err != nil {
		return err
	}
	switch into := into.(type) {
	case *pyList:
		into.items = append(into.items, items...)
	case *pyDict:
		if len(items)%2 != 0 {
			return broken("pickle: a key has no value")
		}
		for i := 0; i < len(items); i += 2 {
			into.keys, into.values = append(into.keys, items[i]), append(into.values, items[i+1])
		}
	default:
		return broken("pickle: want a list or a dict to add to")
	}
	return u.push(into)
}

func (u *unpickler) global(op byte) error {
	var module, name string
	var err error
	if op == 'c' {
		if module, err = u.line(); err == nil {
			name, err = u.line()
		}
	} else {
		var words []any
		if words, err = u.popN(2); err == nil {
			module, _ = words[0].(string)
			name, _ = words[1].(string)
		}
	}
	if err != nil {
		return err
	}
	if classes[pyClass(module+" "+name)] == nil {
		return fault.New(fault.Failed, "in PyTorch save the state dict alone: torch.save(net.state_dict(), FILE), or use safetensors",
			"pickle: it asks for %.80q of the module %.80q: only what rebuilds tensors is allowed, and nothing was run", name, module)
	}
	return u.push(pyClass(module + " " + name))
}

// persistent exchanges the tuple that names a storage for the storage.
func (u *unpickler) persistent() error {
	v, err := u.pop()
	if err != nil {
		return err
	}
	id, ok := v.(pyTuple)
	if !ok || u.storage == nil {
		return broken("pickle: a persistent id where none is expected")
	}
	s, err := u.storage(id)
	if err != nil {
		return err
	}
	return u.push(s)
}

// reduce "calls" a class.
func (u *unpickler) reduce() error {
	v, err := u.popN(2)
	if err != nil {
		return err
	}
	c, ok := v[0].(pyClass)
	args, isTuple := v[1].(pyTuple)
	if !ok || !isTuple {
		return broken("pickle: want a class and a tuple to make a value of")
	}
	made, err := classes[c](args)
	if err != nil {
		return err
	}
	if d, ok := made.(*pyDict); ok {
		u.steps -= len(d.keys) // it may be asked to copy one list often
	}
	return u.push(made)
}

// lookup is the value of a key that is a text, the last one if there are more.
func (d *pyDict) lookup(key string) (any, bool) {
	for i := len(d.keys) - 1; i >= 0; i-- {
		if d.keys[i] == any(key) {
			return d.values[i], true
		}
	}
	return nil, false
}
