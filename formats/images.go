package formats

import (
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
)

// ImagesFile is the image table of an images artifact; rejects.parquet lies beside it.
const ImagesFile = "images.arrow"

// ImageSpec says how the pixels of an image table were made. It is stored in the Arrow schema's metadata.
type ImageSpec struct {
	Size     int    `json:"size"`      // height and width of `whole`, pixels
	CellSize int    `json:"cell_size"` // height and width of `cell`, pixels; 0 where Grid is ""
	Fit      string `json:"fit"`       // how a photo became square: "stretch", "pad", "crop"
	Grid     string `json:"grid"`      // rows x columns the photo was cut into, "3x3"; "": the table has no cells
	Cell     string `json:"cell"`      // which cell: "center", "random", or an index; which cells: "all", "random:3"
	Box      string `json:"box"`       // what was cut out first: "photo" or "item"

	Cells      int    `json:"cells,omitempty"`      // cells in a row where there are several; 0: one
	Mask       string `json:"mask,omitempty"`       // "polygon": what lies outside a row's polygons was replaced
	Background string `json:"background,omitempty"` // by what: "mean", "blur", "#rrggbb"
}

// CellCount is the number of cells in a row: 0 without a grid.
func (s ImageSpec) CellCount() int {
	if s.Grid == "" {
		return 0
	}
	return max(1, s.Cells)
}

// maxSide bounds the sides of images, so that an image's bytes fit the int32 of an Arrow list size.
const maxSide = 16384

func (s ImageSpec) check() error {
	if s.Size < 1 || s.Size > maxSide {
		return fmt.Errorf("size %d is not within 1 … %d", s.Size, maxSide)
	}
	if s.Grid == "" && s.CellSize != 0 {
		return errors.New("cell_size without a grid")
	}
	if s.Grid != "" && (s.CellSize < 1 || s.CellSize > maxSide) {
		return fmt.Errorf("cell_size %d is not within 1 … %d", s.CellSize, maxSide)
	}
	if s.Cells < 0 || s.Cells == 1 || s.Cells > 0 && s.Grid == "" {
		return fmt.Errorf("cells %d is not 0 (one), nor several of a grid", s.Cells)
	}
	if s.Cells > maxSide || s.Cells*s.cellBytes() > math.MaxInt32 {
		return fmt.Errorf("%d cells of %d pixels a side are too many for a row", s.Cells, s.CellSize)
	}
	return nil
}

// wholeBytes and cellBytes are the bytes of an image: RGB, row-major; cellsBytes those of all cells of a row.
func (s ImageSpec) wholeBytes() int { return s.Size * s.Size * 3 }
func (s ImageSpec) cellBytes() int  { return s.CellSize * s.CellSize * 3 }
func (s ImageSpec) cellsBytes() int { return s.CellCount() * s.cellBytes() }

// batchRows is the constant number of rows of a record batch, about 4 MB: small enough to keep in memory, large
// enough that its metadata does not matter.
func (s ImageSpec) batchRows() int {
	return min(max(1, 4<<20/(s.wholeBytes()+s.cellsBytes())), 4096)
}

// labelColumn is a column of an image table that holds one field of Labels.
type labelColumn struct {
	name  string
	field func(*Labels) any // *string, *int32 or *int64
}

var labelColumns = []labelColumn{
	{"id", func(l *Labels) any { return &l.ID }},
	{"path", func(l *Labels) any { return &l.Path }},
	{"split", func(l *Labels) any { return &l.Split }},
	{"source", func(l *Labels) any { return &l.Source }},
	{"category", func(l *Labels) any { return &l.Category }},
	{"category_id", func(l *Labels) any { return &l.CategoryID }},
	{"pair_id", func(l *Labels) any { return &l.PairID }},
	{"style", func(l *Labels) any { return &l.Style }},
	{"item", func(l *Labels) any { return &l.Item }},
	{"scale", func(l *Labels) any { return &l.Scale }},
	{"occlusion", func(l *Labels) any { return &l.Occlusion }},
	{"zoom_in", func(l *Labels) any { return &l.ZoomIn }},
	{"viewpoint", func(l *Labels) any { return &l.Viewpoint }},
	{lateColumn, func(l *Labels) any { return &l.Scene }},
}

func (c labelColumn) arrowType() arrow.DataType {
	switch c.field(new(Labels)).(type) {
	case *string:
		return arrow.BinaryTypes.String
	case *int64:
		return arrow.PrimitiveTypes.Int64
	default:
		return arrow.PrimitiveTypes.Int32
	}
}

// imageSchema is the Arrow schema of an image table with these columns of labels; header is the text under headerKey.
func imageSchema(spec ImageSpec, labels []labelColumn, header string) *arrow.Schema {
	fields := make([]arrow.Field, 0, len(labels)+2)
	for _, c := range labels {
		fields = append(fields, arrow.Field{Name: c.name, Type: c.arrowType()})
	}
	fields = append(fields, tensorField("whole", 0, spec.Size))
	if spec.Grid != "" {
		fields = append(fields, tensorField("cell", spec.Cells, spec.CellSize))
	}
	meta := arrow.NewMetadata([]string{headerKey}, []string{header})
	return arrow.NewSchema(fields, &meta)
}

// tensorField is a column of square RGB images, n a row where n isn't 0: Arrow's canonical extension type arrow.fixed_shape_tensor
// (https://arrow.apache.org/docs/format/CanonicalExtensions.html#fixed-shape-tensor) over a list of their bytes.
// An extension type is two keys of a field's metadata; writing them here, rather than by a type registered with the
// library, keeps a global registry out of it.
func tensorField(name string, n, size int) arrow.Field {
	description := fmt.Sprintf(`{"shape":[%d,%d,3],"dim_names":["height","width","channel"]}`, size, size)
	if n > 0 {
		description = fmt.Sprintf(`{"shape":[%d,%d,%d,3],"dim_names":["cell","height","width","channel"]}`, n, size, size)
	}
	return arrow.Field{
		Name: name,
		Type: arrow.FixedSizeListOfField(int32(max(1, n)*size*size*3), arrow.Field{Name: "item", Type: arrow.PrimitiveTypes.Uint8}),
		Metadata: arrow.NewMetadata(
			[]string{"ARROW:extension:metadata", "ARROW:extension:name"},
			[]string{description, "arrow.fixed_shape_tensor"}),
	}
}
