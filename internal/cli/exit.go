package cli

import (
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// exitInterrupted is the exit code after an interrupt.
const exitInterrupted = 130

// exit is a row of the table of exit codes.
type exit struct {
	Code int
	Name string // of the kind in JSON errors
	Doc  string
}

// exits is the one table of exit codes; `podium help exit-codes` prints it.
var exits = []exit{
	{0, "ok", "it worked"},
	{1, "failed", "it did not work"},
	{2, "usage", "wrong words on the command line, or a bad spec"},
	{4, "auth", "not authenticated, or the competition's rules are not accepted"},
	{5, "network", "the network, the server or its rate limit; trying again may help"},
	{8, "pending", "the submission is sent and still being scored"},
	{9, "unscored", "the submission is sent, and the server could not score it"},
	{exitInterrupted, "interrupted", "stopped by Ctrl-C or a termination signal"},
}

// kindCodes maps what the rooms say to the table.
var kindCodes = map[fault.Kind]int{
	fault.Failed:   1,
	fault.Usage:    2,
	fault.Auth:     4,
	fault.Network:  5,
	fault.Pending:  8,
	fault.Unscored: 9,
}

// exitCode is the exit code of err, by the outermost kind in its chain.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if code, ok := kindCodes[fault.KindOf(err)]; ok {
		return code
	}
	return 1
}

// exitName is the table's word for a code.
func exitName(code int) string {
	for _, x := range exits {
		if x.Code == code {
			return x.Name
		}
	}
	return "failed"
}
