// Package ipcmap reads Arrow IPC files through a memory map.
//
// The reader of the Arrow library copies every buffer that it touches; here
// the arrays of a record lie in the map itself, so that opening a file of many
// gigabytes costs nothing and the kernel decides what stays in memory. It reads
// what package features writes: flat columns (numbers, booleans, text,
// fixed-size binary, dictionary-encoded text) and fixed-size lists of numbers,
// not compressed, in the machine's byte order. Anything else is an error, not a
// silent copy.
//
// It is not a writer and not a query engine. Start with Open.
//
// The layout is that of the Arrow columnar format, "IPC File Format":
// https://arrow.apache.org/docs/format/Columnar.html
package ipcmap
