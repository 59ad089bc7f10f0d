package weight

import (
	"bytes"
	"encoding/binary"
	"math"
)

// A pickle is a program for a machine with a stack (Python's pickletools.py
// describes it). This machine has only those of its operations that a state dict
// needs; "call" builds values of the kinds below and nothing else, so that a
// pickle cannot run anything. Everything that it makes costs operations, and
// these are counted, so that a small pickle cannot fill the memory.
//
// Values are nil, bool, int, float64, string (also bytes, and integers of more
// than 64 bits), pyTuple, *pyList, *pyDict, pyClass, *storage and *torchTensor.
type (
	pyTuple []any
	pyList  struct{ items []any }
	pyDict  struct{ keys, values []any }
	pyClass string // "module name", one that classes allows
)

const (
	maxPickle     = 16 << 20  // bytes; a tensor takes about 150
	maxOperations = 1_000_000 // a tensor takes about 30
)

// unpickler runs one pickle.
type unpickler struct {
	b     []byte // the rest
	steps int    // operations that may still run
	stack []any
	marks []int // lengths that the stack had
	memo  map[int]any
	// storage is what a persistent id stands for; nil: there must be none.
	storage func(id pyTuple) (*storage, error)
}

// unpickle runs the pickle at the beginning of b, and returns what it makes and
// what follows it.
func unpickle(b []byte, storage func(id pyTuple) (*storage, error)) (value any, rest []byte, err error) {
	u := &unpickler{b: b, steps: maxOperations, memo: map[int]any{}, storage: storage}
	for {
		op, err := u.take(1)
		if err != nil {
			return nil, nil, err
		}
		if u.steps--; u.steps < 0 {
			return nil, nil, broken("pickle: want at most %d operations", maxOperations)
		}
		if op[0] == '.' { // STOP
			value, err := u.pop()
			return value, u.b, err
		}
		if err := u.run(op[0]); err != nil {
			return nil, nil, err
		}
	}
}

// run does one operation.
func (u *unpickler) run(op byte) error {
	switch op {
	case 0x80: // PROTO
		return u.protocol()
	case 0x95: // FRAME: only says how much comes
		_, err := u.take(8)
		return err
	case '(': // MARK
		u.marks = append(u.marks, len(u.stack))
		return nil
	case 'N': // NONE
		return u.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		return u.push(op == 0x88)
	case '}': // EMPTY_DICT
		return u.push(&pyDict{})
	case ']': // EMPTY_LIST
		return u.push(&pyList{})
	case ')': // EMPTY_TUPLE
		return u.push(pyTuple{})
	case 'K', 'M', 'J', 0x8a, 'G': // BININT1, BININT2, BININT, LONG1, BINFLOAT
		return u.number(op)
	case 'X', 'B', 'T': // BINUNICODE, BINBYTES, BINSTRING
		return u.text(4)
	case 0x8c, 'C', 'U': // SHORT_BINUNICODE, SHORT_BINBYTES, SHORT_BINSTRING
		return u.text(1)
	case 'q', 'r', 'h', 'j', 0x94: // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET, MEMOIZE
		return u.remember(op)
	case 't', 0x85, 0x86, 0x87: // TUPLE, TUPLE1, TUPLE2, TUPLE3
		return u.tuple(op)
	}
	return u.build(op)
}

func (u *unpickler) protocol() error {
	v, err := u.take(1)
	if err == nil && v[0] > 5 {
		return broken("pickle: protocol %d is not known", v[0])
	}
	return err
}

// take is the next n bytes.
func (u *unpickler) take(n int) ([]byte, error) {
	if n > len(u.b) {
		return nil, broken("pickle: truncated: want %d more bytes, got %d", n, len(u.b))
	}
	out := u.b[:n]
	u.b = u.b[n:]
	return out, nil
}

// line is the text up to the next newline.
func (u *unpickler) line() (string, error) {
	end := bytes.IndexByte(u.b[:min(len(u.b), 256)], '\n')
	if end < 0 {
		return "", broken("pickle: truncated: a name does not end")
	}
	text := string(u.b[:end])
	u.b = u.b[end+1:]
	return text, nil
}

func (u *unpickler) number(op byte) error {
	size := map[byte]int{'K': 1, 'M': 2, 'J': 4, 'G': 8, 0x8a: 1}[op]
	b, err := u.take(size)
	if err != nil {
		return err
	}
	switch op {
	case 'K':
		return u.push(int(b[0]))
	case 'M':
		return u.push(int(binary.LittleEndian.Uint16(b)))
	case 'J':
		return u.push(int(int32(binary.LittleEndian.Uint32(b))))
	case 'G':
		return u.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	}
	if b, err = u.take(int(b[0])); err != nil {
		return err
	}
	if len(b) > 8 {
		return u.push(string(b))
	}
	return u.push(int(signed(b)))
}

// signed is a little-endian two's complement number of up to 8 bytes.
func signed(b []byte) int64 {
	if len(b) == 0 {
		return 0
	}
	var v uint64
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	unused := 64 - 8*len(b)
	return int64(v<<unused) >> unused
}

// text is a string behind its length, a number of so many bytes.
func (u *unpickler) text(size int) error {
	b, err := u.take(size)
	if err != nil {
		return err
	}
	n := uint32(b[0])
	if size == 4 {
		n = binary.LittleEndian.Uint32(b)
	}
	if uint64(n) > uint64(len(u.b)) {
		return broken("pickle: truncated: want a text of %d bytes, got %d", n, len(u.b))
	}
	b, err = u.take(int(n))
	if err != nil {
		return err
	}
	return u.push(string(b))
}

// remember writes the top of the stack to the memo, or pushes what is there.
func (u *unpickler) remember(op byte) error {
	i := len(u.memo)
	if op != 0x94 {
		size := map[byte]int{'q': 1, 'h': 1, 'r': 4, 'j': 4}[op]
		b, err := u.take(size)
		if err != nil {
			return err
		}
		i = int(b[0])
		if size == 4 {
			i = int(binary.LittleEndian.Uint32(b))
		}
	}
	if op == 'h' || op == 'j' {
		v, ok := u.memo[i]
		if !ok {
			return broken("pickle: memo %d is empty", i)
		}
		return u.push(v)
	}
	v, err := u.pop()
	if err != nil {
		return err
	}
	u.memo[i] = v
	return u.push(v)
}

func (u *unpickler) push(v any) error {
	u.stack = append(u.stack, v)
	return nil
}

// pop takes the top of the stack, but nothing from below the last mark.
func (u *unpickler) pop() (any, error) {
	floor := 0
	if n := len(u.marks); n > 0 {
		floor = u.marks[n-1]
	}
	n := len(u.stack) - 1
	if n < floor {
		return nil, broken("pickle: the stack is empty")
	}
	v := u.stack[n]
	u.stack = u.stack[:n]
	return v, nil
}

// popMark takes all above the last mark, and the mark.
func (u *unpickler) popMark() ([]any, error) {
	n := len(u.marks) - 1
	if n < 0 {
		return nil, broken("pickle: no mark on the stack")
	}
	from := u.marks[n]
	items := append([]any(nil), u.stack[from:]...)
	u.marks, u.stack = u.marks[:n], u.stack[:from]
	return items, nil
}
