package machine

// FileSystem is the one that a folder is on.
type FileSystem struct {
	Type     string `json:"type"`     // ext4, nfs, …; a number where it has no name here
	Network  bool   `json:"network"`  // its files are another machine's, or may be
	Volatile bool   `json:"volatile"` // it is gone when the machine stops
	Free     int64  `json:"free"`     // bytes that this user may still write
	ReadOnly bool   `json:"read_only"`
}
