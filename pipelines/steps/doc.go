// Package steps is the only place where rooms meet: it turns a pipelines.Spec
// into a plan whose steps download with kaggle, make tables and image shards
// with features, train with models, and write, blend and upload with
// submissions.
//
// Each step is a small pipelines.Op in a file of its own that says what goes in,
// what comes out and what its parameters are; the work is done by a room. Steps
// take artifacts and give artifacts and know nothing of where they run. Clients
// and engines reach them through Deps, of which nothing but the precision is part of
// a key.
//
// The package is not for algorithms (they belong to a room) and not for words on
// the screen (internal/cli). Start at Compile for the plan, at Run for the whole
// way from a spec to a place on the leaderboard.
package steps
