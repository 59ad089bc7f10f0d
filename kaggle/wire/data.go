package wire

// ListDataFilesRequest asks for one page of a competition's files.
type ListDataFilesRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	PageSize        int    `json:"pageSize,omitempty"`
	PageToken       string `json:"pageToken,omitempty"`
}

// ListDataFilesResponse is one page of files. A page may be empty although a
// token follows.
type ListDataFilesResponse struct {
	Files               []DataFile `json:"files"`
	NextPageToken       string     `json:"nextPageToken" rest:"nullable"`
	ChildrenFetchTimeMS int64      `json:"childrenFetchTimeMs"`
}

// DataFile is one file of a competition; Name is a path with "/".
type DataFile struct {
	Ref          string `json:"ref,omitempty"`
	Name         string `json:"name,omitempty" rest:"nullable"`
	Description  string `json:"description,omitempty" rest:"nullable"`
	TotalBytes   int64  `json:"totalBytes,omitempty"`
	URL          string `json:"url,omitempty" rest:"nullable"`
	CreationDate Time   `json:"creationDate,omitzero"`
}

// ListDataTreeFilesRequest asks for one page of what lies in one folder; ""
// is the outermost.
type ListDataTreeFilesRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	Path            string `json:"path,omitempty"`
	PageSize        int    `json:"pageSize,omitempty"`
	PageToken       string `json:"pageToken,omitempty"`
}

// DirectoryContent is one page of what lies in a folder, not below its
// folders. The totals are of the whole folder, over all pages.
type DirectoryContent struct {
	Directories      []Directory `json:"directories"`
	Files            []TreeFile  `json:"files"`
	TotalChildren    int         `json:"totalChildren"`
	TotalDirectories int         `json:"totalDirectories"`
	TotalFiles       int         `json:"totalFiles"`
	NextPageToken    string      `json:"nextPageToken"`
}

// Directory is a folder and how much lies directly in it.
type Directory struct {
	Name             string `json:"name,omitempty" rest:"nullable"` // last part of its path
	RelativeURL      string `json:"relativeUrl,omitempty" rest:"nullable"`
	TotalDirectories int    `json:"totalDirectories,omitempty"`
	TotalFiles       int    `json:"totalFiles,omitempty"`
	TotalChildren    int    `json:"totalChildren,omitempty"`
}

// TreeFile is a file in a folder.
type TreeFile struct {
	Name         string `json:"name,omitempty" rest:"nullable"` // last part of its path
	CreationDate Time   `json:"creationDate,omitzero"`
	TotalBytes   int64  `json:"totalBytes,omitempty"`
	RelativeURL  string `json:"relativeUrl,omitempty" rest:"nullable"`
	Description  string `json:"description,omitempty" rest:"nullable"`
}

// FilesSummary counts a competition's files and their columns.
type FilesSummary struct {
	FileSummaryInfo   FileSummary   `json:"fileSummaryInfo"`
	ColumnSummaryInfo ColumnSummary `json:"columnSummaryInfo"`
}

// FileSummary counts files, in all and by kind.
type FileSummary struct {
	TotalFileCount int        `json:"totalFileCount"`
	FileTypes      []FileKind `json:"fileTypes"`
}

// FileKind counts the files whose names end alike.
type FileKind struct {
	Extension string `json:"extension"` // with its dot; "" for names without
	FileCount int    `json:"fileCount"`
	TotalSize int64  `json:"totalSize"` // bytes
}

// ColumnSummary counts the columns of tables, in all and by type.
type ColumnSummary struct {
	TotalColumnCount int          `json:"totalColumnCount"`
	ColumnTypes      []ColumnKind `json:"columnTypes"`
}

// ColumnKind counts the columns of one type.
type ColumnKind struct {
	ColumnType  string `json:"columnType,omitempty" rest:"nullable"`
	ColumnCount int    `json:"columnCount"`
}

// DownloadDataFileRequest asks for the signed URL of one file. That of all
// files together, zipped, is asked for with Named.
type DownloadDataFileRequest struct {
	CompetitionName string `json:"competitionName,omitempty"`
	FileName        string `json:"fileName,omitempty"`
}
