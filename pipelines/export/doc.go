// Package export hands runs to other people's tools: to TensorBoard, while a run
// trains ([Live]) or afterwards ([Run.TensorBoard]), and to MLflow ([Run.MLflow]). The
// formats themselves are in the packages under it, which know nothing of podium; this
// one knows what of a run is a curve, a parameter, a tag. Nothing of a run depends on
// it.
//
// A finished run is read with [Open].
package export
