// Package features is what a model eats: data in, tables, folds and batches of
// images out.
//
// A CSV file becomes a typed Arrow table (CSVToIPC), kept as an Arrow IPC file
// and read through a memory map (OpenTable). Pixel columns become an image shard
// (TableToImages), rows of uint8 pixels with id, label and group, mapped as well
// (OpenImages); photos, straight out of their zip, become several (PhotosToImages).
// StratifiedKFold and its kin say which fold a row is in, Thumbs which images look
// alike. A Loader gives shuffled, augmented, normalised batches, prepared ahead on all
// cores; its numbers depend on the seed, the epoch and the row and on nothing else. A Mixture
// deals rows of several sources into its batches at a fixed ratio, as pseudo-labels
// are learnt from; VectorLoader is a Loader of features.
//
//	CSV --CSVToIPC--> Table --TableToImages--> Images --Loader--> Batch{X, Y}
//	                    |                        |         |
//	                 columns, folds              |      Augment, Normalize
//	zip or folder of photos --PhotosToImages-----+
//
// It is not a data frame: no expressions, and no joins but that of photos with a
// list of them. It trains nothing, and it knows neither Kaggle nor submissions.
// Batches are plain slices, so that no
// caller needs Arrow. Arrow arrays leave this package only by Table.Records.
//
// Start with CSVToIPC, then Table, Images and Loader, in this order. The
// sub-packages are the mechanisms below: csvblock cuts CSV files into blocks of
// whole rows, ipcmap lays Arrow arrays over a memory map, photo decodes and resizes
// one photo.
package features
