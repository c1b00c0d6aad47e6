package formats

import "strconv"

// Labels are what is known of a row beside its pixels or its vector. Every table of rows carries them unchanged, so
// each can be read alone. A missing label is the zero value, never a guess.
type Labels struct {
	ID         string `parquet:"id"`          // unique in its table: the path, with "#item2" behind it for an item
	Path       string `parquet:"path"`        // of the photo, relative to its root, with slashes
	Split      string `parquet:"split"`       // "train", "validation", "test", or ""
	Source     string `parquet:"source"`      // "user", "shop", or ""
	Category   string `parquet:"category"`    // "trousers", or the class folder's name; "" where not labelled
	CategoryID int32  `parquet:"category_id"` // 1–13 in DeepFashion2; 0 elsewhere
	PairID     int64  `parquet:"pair_id"`     // DeepFashion2's; 0 elsewhere
	Style      int32  `parquet:"style"`       // DeepFashion2's; 0: in no user/shop pair
	Item       int32  `parquet:"item"`        // number of the item the row is about; 0 for a photo without annotation
	Scale      int32  `parquet:"scale"`       // 1–3, the four variation levels of DeepFashion2; 0 elsewhere
	Occlusion  int32  `parquet:"occlusion"`
	ZoomIn     int32  `parquet:"zoom_in"`
	Viewpoint  int32  `parquet:"viewpoint"`
	Scene      int32  `parquet:"scene"` // number of the background, from 1; 0: not known
}

// lateColumn came to the labels after the first tables were written: a table may lack it, and its rows then have 0.
const lateColumn = "scene"

// Garment names the single garment a row shows: rows with the same non-empty name are positives of each other in the
// sense of DeepFashion2's user/shop pairs (same pair_id and same style, style above 0).
func (l Labels) Garment() string {
	if l.Style <= 0 {
		return ""
	}
	return strconv.FormatInt(l.PairID, 10) + "/" + strconv.FormatInt(int64(l.Style), 10)
}
