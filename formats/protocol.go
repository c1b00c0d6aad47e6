package formats

// Protocol is how a result of consumer-to-shop retrieval came about, and how groups of its queries fared. It is left out of
// metrics.json of anything else.
type Protocol struct {
	Boxes       string          `json:"boxes"`       // the setting: "ground_truth_boxes" or "detected_boxes"
	Queries     int             `json:"queries"`     // items of user photos with a style above 0: the denominator
	Gallery     int             `json:"gallery"`     // annotated items of shop photos
	Unavailable int             `json:"unavailable"` // queries whose garment is in no shop photo; they count as missed
	Models      []ProtocolModel `json:"models"`
	Groups      []GroupScore    `json:"-"`
}

// ProtocolModel is a model's result.
type ProtocolModel struct {
	Role    string `json:"role"`
	Results int    `json:"results"` // items of user photos that were searched for
	Missed  int    `json:"missed"`  // queries that no result stands for
}

// GroupScore is a model's accuracy over the queries of one level of a variation.
type GroupScore struct {
	Role      string
	Attribute string // "scale", "occlusion", "zoom_in", "viewpoint"
	Level     int    // 1–3
	Name      string // of the level: "small"
	Queries   int    // of that level
	Measure   string // "top-1", …
	Value     float64
	Low       float64 // bounds of the interval; NaN: none
	High      float64
}

// protocolFile is a Protocol as it lies on disk.
type protocolFile struct {
	Protocol
	Groups []groupJSON `json:"groups"`
}

type groupJSON struct {
	Role      string `json:"role"`
	Attribute string `json:"attribute"`
	Level     int    `json:"level"`
	Name      string `json:"name"`
	Queries   int    `json:"queries"`
	Measure   string `json:"measure"`
	interval
}

func (p *Protocol) file() *protocolFile {
	if p == nil {
		return nil
	}
	f := &protocolFile{Protocol: *p, Groups: []groupJSON{}}
	f.Models = append([]ProtocolModel{}, p.Models...)
	for _, g := range p.Groups {
		f.Groups = append(f.Groups, groupJSON{g.Role, g.Attribute, g.Level, g.Name, g.Queries, g.Measure, toInterval(g.Value, g.Low, g.High)})
	}
	return f
}

func (f *protocolFile) protocol() *Protocol {
	if f == nil {
		return nil
	}
	p := f.Protocol
	for _, g := range f.Groups {
		p.Groups = append(p.Groups, GroupScore{g.Role, g.Attribute, g.Level, g.Name, g.Queries, g.Measure, orNaN(g.Value), orNaN(g.Low), orNaN(g.High)})
	}
	return &p
}
