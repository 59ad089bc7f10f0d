// Command podium takes a Kaggle competition from nothing to a place on the
// leaderboard: data, training, submission, score. Everything that it says and
// does is in internal/cli.
package main

import (
	"context"
	"os"

	"github.com/seed-a5aa75a0/podium/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}
