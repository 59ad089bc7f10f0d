//go:build !nocuda && (linux || darwin) && (amd64 || arm64)

package photo

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is libjpeg-turbo as the machine has it: addresses of its functions.
type library struct {
	name                                              string
	stdError, create, destroy, abort                  uintptr
	memSrc, readHeader, start, readRaw, readScanlines uintptr
	finish                                            uintptr
	version, size                                     int // of the interface: JPEG_LIB_VERSION, sizeof(jpeg_decompress_struct)
	errorExit                                         uintptr
}

// libraryNames are tried in this order.
var libraryNames = map[string][]string{
	"linux":  {"libjpeg.so.62", "libjpeg.so.8", "libjpeg.so"},
	"darwin": {"libjpeg.62.dylib", "libjpeg.8.dylib", "/opt/homebrew/opt/jpeg-turbo/lib/libjpeg.8.dylib", "/usr/local/opt/jpeg-turbo/lib/libjpeg.8.dylib"},
}

// openLibrary finds libjpeg-turbo once. PODIUM_JPEG=go does without.
var openLibrary = sync.OnceValues(func() (*library, error) {
	if os.Getenv("PODIUM_JPEG") == "go" {
		return nil, errors.New("PODIUM_JPEG=go")
	}
	err := errors.New("no libjpeg-turbo on this machine")
	for _, name := range libraryNames[runtime.GOOS] {
		handle, e := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if e != nil {
			continue
		}
		var l *library
		if l, err = newLibrary(name, handle); err == nil {
			return l, nil
		}
	}
	return nil, err
})

func newLibrary(name string, handle uintptr) (*library, error) {
	l := &library{name: name}
	var turbo uintptr // a function that only libjpeg-turbo has: the plain libjpeg is slow
	for symbol, into := range map[string]*uintptr{
		"jpeg_std_error": &l.stdError, "jpeg_CreateDecompress": &l.create, "jpeg_destroy_decompress": &l.destroy,
		"jpeg_abort_decompress": &l.abort, "jpeg_mem_src": &l.memSrc, "jpeg_read_header": &l.readHeader,
		"jpeg_start_decompress": &l.start, "jpeg_read_raw_data": &l.readRaw, "jpeg_read_scanlines": &l.readScanlines,
		"jpeg_finish_decompress": &l.finish, "jpeg_skip_scanlines": &turbo,
	} {
		var err error
		if *into, err = purego.Dlsym(handle, symbol); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	l.errorExit = purego.NewCallback(errorExit)
	return l, l.interfaceVersion()
}

// fatal is how libjpeg's error_exit, which must not return, comes back to call.
type fatal struct{}

// errorExit is called by the library, on the stack of call. The panic unwinds
// through the library's frames, as a longjmp of a C program would: the library
// is made for that, and the Go runtime allows it (runtime.unwindm).
func errorExit(uintptr) { panic(fatal{}) }

// Offsets in libjpeg's structures, the same in all versions of its interface (62,
// 70, 80) on machines of 64 bits. The fields are 4 bytes but for pointers.
const (
	atErr           = 0 // *jpeg_error_mgr
	atWidth         = 48
	atHeight        = 52
	atComponents    = 56
	atSpace         = 60 // of the file
	atOutSpace      = 64
	atScale         = 68 // numerator, denominator
	atRaw           = 92
	atOutWidth      = 136
	atOutHeight     = 140
	atOutComponents = 148
	atOutLine       = 168
	atComponentInfo = 304 // *jpeg_component_info

	errExit     = 0
	errOutput   = 16
	errReset    = 32
	errParam    = 44
	errWarnings = 128 // long

	componentSize = 96
	componentH    = 8 // sampling: across, down
	componentV    = 12
	componentCols = 28 // blocks
	componentRows = 32
)

// Colour spaces of libjpeg.
const (
	spaceGrey  = 1
	spaceRGB   = 2
	spaceYCbCr = 3
)

// structBytes is room for either structure: 656 bytes and 168 are the largest known.
const structBytes = 1024

// turbo is one decompressor of the library. It must not move, and not be used by
// two goroutines at once.
type turbo struct {
	lib   *library
	cinfo *[structBytes / 8]uint64
	err   *[structBytes / 8]uint64
	lines *[3][64]uintptr // addresses of the rows that are read next
	image *[3]uintptr     // addresses of lines
	pins  runtime.Pinner
}

func newTurbo(lib *library) (*turbo, error) {
	t := &turbo{lib: lib, cinfo: new([structBytes / 8]uint64), err: new([structBytes / 8]uint64), lines: new([3][64]uintptr), image: new([3]uintptr)}
	t.pins.Pin(t.cinfo)
	t.pins.Pin(t.err)
	t.pins.Pin(t.lines)
	t.pins.Pin(t.image)
	for i := range t.image {
		t.image[i] = address(&t.lines[i])
	}
	t.setErr()
	if err := t.call(lib.create, uintptr(lib.version), uintptr(lib.size)); err != nil {
		t.pins.Unpin()
		return nil, err
	}
	return t, nil
}

// setErr makes errors panic. Warnings count, and would print: instead of printing
// the library is made to reset the count, before it counts.
func (t *turbo) setErr() {
	purego.SyscallN(t.lib.stdError, address(t.err))
	t.err[errExit/8] = uint64(t.lib.errorExit)
	t.err[errOutput/8] = t.err[errReset/8]
	t.cinfo[atErr/8] = uint64(address(t.err))
}

func (t *turbo) close() {
	_ = t.call(t.lib.destroy) // frees memory
	t.pins.Unpin()
}

func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

// call calls fn with the decompressor and the arguments.
func (t *turbo) call(fn uintptr, args ...uintptr) error {
	_, err := t.ask(fn, args...)
	return err
}

func (t *turbo) ask(fn uintptr, args ...uintptr) (result int, err error) {
	defer func() {
		if r := recover(); r == (fatal{}) {
			err = errors.New("libjpeg cannot decode it")
		} else if r != nil {
			panic(r)
		}
	}()
	var a [3]uintptr
	copy(a[:], args)
	r, _, _ := purego.SyscallN(fn, address(t.cinfo), a[0], a[1], a[2])
	return int(int32(r)), nil
}

// field is a 4-byte field of the decompressor.
func (t *turbo) field(at int) *int32 {
	return (*int32)(unsafe.Add(unsafe.Pointer(t.cinfo), at))
}

// interfaceVersion finds out which version of the interface the library has: it
// says so when it is called with a wrong one.
func (l *library) interfaceVersion() error {
	t := &turbo{lib: l, cinfo: new([structBytes / 8]uint64), err: new([structBytes / 8]uint64)}
	t.pins.Pin(t.cinfo)
	t.pins.Pin(t.err)
	defer t.pins.Unpin()
	for _, into := range []*int{&l.version, &l.size} {
		t.setErr()
		if t.call(l.create, uintptr(l.version), uintptr(l.size)) == nil {
			return fmt.Errorf("%s: takes any version", l.name)
		}
		*into = int(*(*int32)(unsafe.Add(unsafe.Pointer(t.err), errParam)))
	}
	if l.version < 62 || l.version > 80 || l.size < 500 || l.size > structBytes {
		return fmt.Errorf("%s: unknown version %d with a structure of %d bytes", l.name, l.version, l.size)
	}
	return nil
}
