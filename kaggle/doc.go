// Package kaggle is a client of the Kaggle API for competitions: find them, get
// their files, submit, and read scores and boards. It speaks Kaggle's current
// RPC dialect (package wire has the messages) to kaggle.com, or to any server
// that speaks the same, such as package kaggle/sandbox; and the older REST
// dialect to servers that know no other.
//
// What it promises:
//
//   - A download is whole and verified or not there, is resumed whatever ended
//     it, and holds a few buffers in memory (Client.Download, DownloadAll).
//   - What a server or a zip calls a file leads nowhere but below the folder.
//   - Reads are retried with back-off; a submission is never sent twice, and
//     looked up where its answer is lost.
//   - The official client's credentials are found where it keeps them
//     (FindCredentials), and logins are renewed before they expire.
//   - What the server said reaches the caller: *Error carries it, unwraps to
//     one of the Err values, and has a hint and a fault.Kind.
//   - Secrets are never printed, and never sent to a storage host.
//
// It is not for scoring files (internal/metric), nor for checking a submission
// against its sample or placing it on a board (package submissions); and it
// never prints or exits.
//
// Start at FindCredentials, FindNetwork, New and Client.Download; Client.Submit
// and Client.Leaderboard come next, Client.StartLogin where there are no
// credentials yet.
package kaggle
