package kaggle

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// cause is why an exchange broke, in plain words.
type cause struct {
	text string
	err  error
}

func (c *cause) Error() string { return c.text }
func (c *cause) Unwrap() error { return c.err }

// plainCause rewords those of Go's network errors that people meet: who does
// not write programs knows no "dial tcp" and no "EOF".
func plainCause(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &cause{dns.Name + " is not known to the network", err}
	case errors.As(err, &dns):
		return &cause{fmt.Sprintf("the address of %s cannot be asked for: %s", dns.Name, dns.Err), err}
	case errors.As(err, &op) && op.Op == "dial" && op.Addr != nil:
		why := op.Err
		if call := new(os.SyscallError); errors.As(why, &call) {
			why = call.Err
		}
		return &cause{fmt.Sprintf("%s: %v", op.Addr, why), err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &cause{"the connection broke off", err}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &cause{"no answer in time", err}
	}
	return err
}
