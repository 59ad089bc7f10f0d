// Package report makes one page of a run that a person reads: how good it is and how
// sure of that, how its nets learnt, which photos they get wrong, whether their
// probabilities can be believed, what it cost and what it was made of.
//
// The page is one HTML file that needs nothing else: no server, no network, and no
// script to be read (a few lines sort tables). Pictures and charts are in it, its
// colours follow the reader's system, and it fits a phone. Everything that comes from
// data (names of files and classes, messages) is escaped by html/template, and the page
// forbids itself any request.
//
// A run that failed, or whose artifacts are partly gone, has a page, too: sections whose
// sources are not there are named at its end. Begin at Write.
package report
