// Package sweep searches for the values of a spec that give the best CV: which
// values there are (Space), which are tried next (Sampler: grid, random, TPE),
// which trials are not worth their other folds (Median), and what is known so far
// (Study: plain files, so that a sweep that was killed goes on).
//
// It trains nothing and knows no spec: a trial is a function of the caller, who gives
// it the values as texts, as --set has them. Start at ParseSpace, Open and Study.Run.
//
// A trial's values follow from the seed, its number and the trials before it, and from
// nothing else. Since trials are made one after another and a pipeline's results follow
// from its spec, a sweep that goes on makes the trials of one that nobody disturbed.
package sweep
