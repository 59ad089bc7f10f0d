// Package cli is the command line of podium: words on the screen, flags, exit
// codes and progress. It decides nothing about data or models; each command
// reads its flags into an options struct and calls a run function that uses the
// rooms.
//
// It is the only package that prints, that turns an error into an exit code and
// that knows urfave/cli. Data goes to stdout, all talk to stderr; --json makes
// both of them JSON, --quiet leaves the talk out.
//
// Start at Main, then newApp, which is the list of commands; command.go says
// what every command has in common.
package cli
