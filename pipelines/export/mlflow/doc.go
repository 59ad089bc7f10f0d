// Package mlflow writes runs into a folder that MLflow reads: its file store,
// mlruns/EXPERIMENT/RUN with a file for every parameter, metric and tag. It knows
// nothing of podium.
//
// MLflow keeps new data in a database since version 3 and opens such a folder when
// MLFLOW_ALLOW_FILE_STORE=true is set; `mlflow migrate-filestore` takes it over into
// a database. Versions before that open it as it is. The layout is that of
// mlflow/store/tracking/file_store.py; testdata/read.py opens what was written with
// the real MLflow.
//
// Begin at [Store.Put].
package mlflow
