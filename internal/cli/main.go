package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"

	ucli "github.com/urfave/cli/v2"
)

// Main runs one command line, args[0] being the program's name, and returns the
// process's exit code. The first interrupt cancels the work, which then cleans
// up and ends with 130; a second one ends the process at once.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, json: asksJSON(args)}
	told := make(chan struct{})
	unhook := context.AfterFunc(ctx, func() {
		defer close(told)
		stop() // from here on an interrupt does what it does to any process
		if p := e.talking.Load(); p != nil {
			p.Say("%s", p.stopping)
		}
	})
	app := newApp(e)
	err := runApp(ctx, app, reorder(app, args))
	if !unhook() {
		<-told // so that the error is the last word
	}
	code := exitCode(err)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		code = exitInterrupted
	}
	sayFailure(e, err, code)
	return code
}

// runApp keeps urfave's own exits and prints out of the way.
func runApp(ctx context.Context, app *ucli.App, args []string) error {
	app.ExitErrHandler = func(*ucli.Context, error) {}
	return app.RunContext(ctx, args)
}

// asksJSON reports whether the words of a command line ask for JSON. It is
// asked before parsing, because a parse error is to be JSON too.
func asksJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--json") || slices.Contains(args, "-json") || slices.Contains(args, "--json=true")
}

// env is what commands use of the process.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	json           bool // the command line asks for JSON

	talking atomic.Pointer[Printer] // of the command that runs
}
