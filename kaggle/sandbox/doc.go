// Package sandbox is Kaggle in a box: a server on this machine that speaks
// Kaggle's competition API in both of its dialects (messages and methods in
// package kaggle/wire) from a folder per competition, so that Kaggle's own
// clients cannot tell it from Kaggle (make conformance). It serves files through
// signed URLs, takes submissions through resumable uploads, grades them with
// internal/metric, and keeps a board, rules, deadlines and daily limits. A first
// run needs no account and no network with it, and tests need no Kaggle.
//
// A competition is a folder of the state folder:
//
//	digit-recognizer/
//	  competition.yaml   title, metric, deadline, daily limit ... (Config)
//	  data/              what participants get
//	  solution.csv       id, answer columns, Usage (Public, Private or Ignored)
//	  leaderboard.csv    optional: team, public, private, date
//	  submissions/       what was handed in, REF.csv; the journal says which count
//
// What happens (submissions, scores, acceptances) is appended to journal.jsonl
// in the state folder, under a file lock and fsynced, one line an event; what
// comes at the same time shares one write. The journal is the only record: a
// process that is killed leaves all of a submission or none, and several
// processes may share a state folder, because each reads what the others
// appended before it answers.
//
// WithFaults lets things go wrong on purpose, to rehearse a client.
//
// It is not Kaggle, and says so: titles and boards name their origin, and each
// competition's Origin lets data made from it be kept away from kaggle.com.
//
// Some competitions come with the program, each made when it is first used:
// digit-recognizer, of real digits (package digits), and those of drawn photos:
// dogs-vs-cats-redux-kernels-edition (package photos/pets),
// state-farm-distracted-driver-detection (package photos/drivers) and
// the-nature-conservancy-fisheries-monitoring (package photos/fish).
//
// Start at Open, Sandbox.Ensure and Sandbox.Serve. Sandbox.AddPractice makes a
// competition of any data with known answers.
package sandbox
