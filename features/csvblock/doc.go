// Package csvblock cuts a CSV file into blocks of whole records and works on
// them on all cores while their order is kept.
//
// It knows where records end (newlines inside quotes do not end one) and how
// many lines went before, and nothing about types: package features turns
// blocks into columns. Memory is bounded by the block size, the number of
// workers and the longest record allowed, never by the size of the file.
//
// Start with Splitter for the cutting and Ordered for the work.
package csvblock
