// Package tensorboard writes event files, the files that TensorBoard draws: a
// record framing of TensorFlow's (TFRecord) around protobuf messages. It writes what
// a training has to tell, which is scalars and hyperparameters; it reads nothing and
// knows nothing of podium.
//
// The format is that of TensorFlow's tensorflow/core/lib/io/record_writer.cc and
// tensorflow/core/util/event.proto, and of plugin_data.proto in TensorBoard's hparams
// plugin. testdata/read.py opens what was written with the real TensorBoard.
//
// Begin at [NewWriter]. A file that TensorBoard is to find has "tfevents" in its name
// (see [FileName]), and each folder of such files is a run of its own, with the
// path of the folder as its name.
package tensorboard
