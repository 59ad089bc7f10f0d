// Package knn finds the nearest neighbours of vectors, exactly: each row of a
// stream is compared with each other one, by the cosine of the angle between them,
// in blocks through an engine's product of matrices.
//
// The cost is quadratic in the number of rows and linear in their size; each pair is
// computed once. Memory is that of a few blocks of rows, and of what is found. The
// 79,726 test photos of State Farm at 1,280 features take 55 s on two cores with other
// work on them (go test ./models/knn -run '^$' -bench Nearest/79726 -benchtime 1x).
package knn
