// Package live is a run as somebody sees it who watches: what its events say, put
// together as a tree of what is done, under way and to come, with shares, losses and
// estimates of the time to go. A Run is made of events alone, so that it is the same
// in the process that runs and in one that follows it (pipelines.Follow). Handler shows
// one on a page for a browser; the terminal's view of it is internal/cli's.
package live
