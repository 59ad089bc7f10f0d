// Package train is the training loop: Fit takes a configuration and a dataset
// and gives a Model that predicts, is saved and is loaded.
//
// A run is a list of phases; each goes over the dataset a number of epochs with
// its own optimizer, learning-rate schedule, weight decay, label smoothing,
// gradient clipping and moving average of the weights. The same configuration,
// dataset, engine and number of threads give the same bytes, also when the run
// was killed and started again any number of times: Fit resumes from the
// checkpoint at the very step. The clock decides only when a checkpoint is
// written and when progress is told.
//
// Transfer learning: a Net may be the trunk of an architecture, cut off at a layer,
// with a head of one's own, and the trunk's start may be published weights. Phases
// freeze the trunk or give it a learning rate of its own. While it is frozen it need
// not be run for every epoch: Trunk gives the features of images once, a Config with
// Features set trains the head on them, and a later training of the whole net goes
// on From the head's file. Start joins a head and its backbone without training.
//
// A net may take more than images and give more than classes: Config.Extra is a vector
// that joins its last hidden features, Config.Boxes the weight of a box's loss, both
// trained in one step with the classes (Model.PredictBoxes), and a head that ends in
// heat shows where it sees them (Model.Heat).
//
// It does not read images, augment them or choose folds: that is the Dataset,
// whose epochs must depend on nothing but the epoch's number. It does not know
// what its probabilities are for.
//
// FindLR sweeps the learning rate before a training, and changes nothing.
//
// Start at Fit, Config and Dataset; net.go has what is trained, trainer.go the one
// step, fit.go the loop.
package train
