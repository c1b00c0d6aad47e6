// Package consumertoshop is DeepFashion2's task of that name (Ge et al., DeepFashion2: A Versatile Benchmark for Detection,
// Pose Estimation, Segmentation and Re-Identification of Clothing Images, CVPR 2019, section 4.4): for an item in a user's
// photo find the shop photos of the same garment. It finds them by embeddings, and scores a result as the official script
// does. It must not know stages or experiments.
package consumertoshop

// Ks are the protocol's numbers of retrieved items: accuracy is top-1, top-5, … top-20.
var Ks = []int{1, 5, 10, 15, 20}

// retrieved is how many items are retrieved for a query.
const retrieved = 20

// The settings a result can be made in. Their accuracies are not comparable: a detector misses items, and misplaces others.
const (
	GroundTruthBoxes = "ground_truth_boxes" // items were cut out by their annotated boxes, whose categories are known
	DetectedBoxes    = "detected_boxes"     // items were found by a detector first
)

// SettingName writes a setting for people.
func SettingName(boxes string) string {
	if boxes == DetectedBoxes {
		return "detected boxes"
	}
	return "ground-truth boxes"
}
