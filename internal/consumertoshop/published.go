package consumertoshop

// Published is a row of accuracies that the data set's authors published.
type Published struct {
	Name     string    // which of Match R-CNN's heads gave the features
	Boxes    string    // the setting
	Accuracy []float64 // one per Ks; negative: not published
}

// PublishedOn says what the published rows of a setting were measured on.
func PublishedOn(boxes string) string {
	if boxes == DetectedBoxes {
		return "the whole validation split, all queries"
	}
	return "some photos of the validation split, queries with more than 5 items of their garment in the shop"
}

// PublishedRows are tables 8 and 9 of the data set's page (github.com/switchablenorms/DeepFashion2), for Match R-CNN trained on
// the released photos and the whole data set: its rows of detected boxes are table 8's, those of ground-truth boxes table 9's.
var PublishedRows = []Published{
	{"class", DetectedBoxes, []float64{0.079, 0.198, 0.273, 0.329, 0.366}},
	{"keypoints", DetectedBoxes, []float64{0.182, 0.326, 0.416, 0.469, 0.510}},
	{"segmentation", DetectedBoxes, []float64{0.135, 0.271, 0.350, 0.407, 0.447}},
	{"class+keypoints", DetectedBoxes, []float64{0.192, 0.345, 0.435, 0.488, 0.524}},
	{"class+segmentation", DetectedBoxes, []float64{0.152, 0.295, 0.379, 0.435, 0.477}},
	{"class", GroundTruthBoxes, []float64{0.102, -1, 0.361, -1, 0.470}},
	{"pose", GroundTruthBoxes, []float64{0.264, -1, 0.562, -1, 0.654}},
	{"mask", GroundTruthBoxes, []float64{0.193, -1, 0.474, -1, 0.571}},
	{"pose+class", GroundTruthBoxes, []float64{0.268, -1, 0.574, -1, 0.665}},
	{"mask+class", GroundTruthBoxes, []float64{0.212, -1, 0.496, -1, 0.595}},
}
