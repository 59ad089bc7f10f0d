// Package wire holds the messages of Kaggle's competition API, as the client
// package kaggle sends them and package kaggle/sandbox answers them, and the
// two dialects in which they travel:
//
//   - RPC, the present one: POST /v1/<Service>/<Method>, camelCase JSON.
//   - REST, the older one: GET with a query or POST with a form under /api/v1,
//     lower-case words, lists that are bare arrays, and for each optional field
//     x also xNullable and hasX.
//
// One Go type per message serves both: Methods says where an operation is found
// in either, EncodeForm and DecodeForm are REST's requests, MarshalREST writes
// REST's answers and Unmarshal reads those of both.
//
// It is only shapes and their reading rules: no HTTP, no retries, no meaning.
// Fields that Kaggle may leave out carry omitempty; arrays are never null,
// because the official client fails on a null array. Start at Competition and
// Submission; ParseError reads every known form of an error body.
package wire

// MaxPageSize is the largest page that Kaggle gives.
const MaxPageSize = 200
