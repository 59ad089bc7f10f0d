// Package submissions is the way out: it writes submission files, checks them
// against the competition's sample, blends members, scores out-of-fold
// predictions, uploads, waits for the score and says where it stands.
//
// It knows no Kaggle client: whoever calls it brings an Uploader, a Status and
// a Board. It trains nothing and reads no features; predictions come as plain
// slices, row-major.
//
// Start at WriteLabels or WriteProba, then Validate, then Upload and Wait; Place
// turns a score and a board into a rank. What was sent is kept in a Ledger.
package submissions
