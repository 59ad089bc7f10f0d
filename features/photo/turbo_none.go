//go:build nocuda || !(linux || darwin) || !(amd64 || arm64)

package photo

import "errors"

// library and turbo stand for libjpeg-turbo, which is not looked for here.
type (
	library struct{ name string }
	turbo   struct{}
)

func openLibrary() (*library, error)                     { return nil, errors.New("not built with libjpeg-turbo") }
func newTurbo(*library) (*turbo, error)                  { return nil, errDoubt }
func (*turbo) close()                                    {}
func (*turbo) decode(*Decoder, []byte, frame, int) error { return errDoubt }
