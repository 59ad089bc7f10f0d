// Package ledger is the table that Kagglers keep by hand: every run and every
// submission with its scores, its place and what was changed. It is read from what
// runs leave on disk anyway (runs/<id>/run.json, ledger.jsonl) and writes nothing
// but a cache. It knows no server and prints nothing.
//
// Start at Read, which gives the Table; Compare holds runs against each other.
package ledger
