package formats

// ImageSpec says how the pixels of an image table were made. It is stored in the Arrow schema's metadata.
type ImageSpec struct {
	Size     int    `json:"size"`      // height and width of `whole`, pixels
	CellSize int    `json:"cell_size"` // height and width of `cell`, pixels; 0 where Grid is ""
	Fit      string `json:"fit"`       // how a photo became square: "stretch", "pad", "crop"
	Grid     string `json:"grid"`      // rows x columns the photo was cut into, "3x3"; "": the table has no cells
	Cell     string `json:"cell"`      // which cell: "center", "random", or an index
	Box      string `json:"box"`       // what was cut out first: "photo" or "item"
}
