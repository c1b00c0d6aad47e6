package formats

// metricsFile is metrics.json as it lies on disk, where a number that was not measured is null.
type metricsFile struct {
	Format     string           `json:"format"`
	Version    int              `json:"version"`
	Confidence float64          `json:"confidence"`
	Resamples  int              `json:"resamples"`
	Models     []MetricsModel   `json:"models"`
	Retrieval  []retrievalJSON  `json:"retrieval"`
	Background []backgroundJSON `json:"background"`
	Difference []differenceJSON `json:"difference"`
	Clusters   []clusterJSON    `json:"clusters"`
	Protocol   *protocolFile    `json:"protocol,omitempty"`
}

// interval is a value with its bounds.
type interval struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

type retrievalJSON struct {
	Role    string `json:"role"`
	By      string `json:"by"`
	Measure string `json:"measure"`
	interval
	Chance  *float64 `json:"chance"`
	OverAll *float64 `json:"over_all"` // for readers of the file; follows from the others
	Queries int      `json:"queries"`
	Skipped int      `json:"skipped"`
}

type backgroundJSON struct {
	Role    string `json:"role"`
	Measure string `json:"measure"`
	interval
	Chance  *float64 `json:"chance"`
	Queries int      `json:"queries"`
	Skipped int      `json:"skipped"`
}

type differenceJSON struct {
	By      string `json:"by"`
	Measure string `json:"measure"`
	interval
}

type clusterJSON struct {
	Role      string `json:"role"`
	Clusters  string `json:"clusters"`
	Label     string `json:"label"`
	Algorithm string `json:"algorithm"`
	K         int    `json:"k"`
	By        string `json:"by"`
	Measure   string `json:"measure"`
	interval
}

func toInterval(value, low, high float64) interval {
	return interval{orNull(value), orNull(low), orNull(high)}
}

// file is m as it lies on disk. Lists are never null there.
func (m *Metrics) file() metricsFile {
	f := metricsFile{
		Format: "metrics", Version: 1, Confidence: m.Confidence, Resamples: m.Resamples,
		Models:     append([]MetricsModel{}, m.Models...),
		Retrieval:  []retrievalJSON{},
		Background: []backgroundJSON{},
		Difference: []differenceJSON{},
		Clusters:   []clusterJSON{},
		Protocol:   m.Protocol.file(),
	}
	for _, s := range m.Retrieval {
		f.Retrieval = append(f.Retrieval, retrievalJSON{s.Role, s.By, s.Measure, toInterval(s.Value, s.Low, s.High), orNull(s.Chance), orNull(s.OverAll()), s.Queries, s.Skipped})
	}
	for _, s := range m.Background {
		f.Background = append(f.Background, backgroundJSON{s.Role, s.Measure, toInterval(s.Value, s.Low, s.High), orNull(s.Chance), s.Queries, s.Skipped})
	}
	for _, d := range m.Difference {
		f.Difference = append(f.Difference, differenceJSON{d.By, d.Measure, toInterval(d.Value, d.Low, d.High)})
	}
	for _, s := range m.Clusters {
		f.Clusters = append(f.Clusters, clusterJSON{s.Role, s.Clusters, s.Label, s.Algorithm, s.K, s.By, s.Measure, toInterval(s.Value, s.Low, s.High)})
	}
	return f
}

// metrics is the inverse of file.
func (f *metricsFile) metrics() *Metrics {
	m := &Metrics{Models: f.Models, Protocol: f.Protocol.protocol(), Confidence: f.Confidence, Resamples: f.Resamples}
	for _, s := range f.Retrieval {
		m.Retrieval = append(m.Retrieval, RetrievalScore{s.Role, s.By, s.Measure, orNaN(s.Value), orNaN(s.Low), orNaN(s.High), orNaN(s.Chance), s.Queries, s.Skipped})
	}
	for _, s := range f.Background {
		m.Background = append(m.Background, BackgroundScore{s.Role, s.Measure, orNaN(s.Value), orNaN(s.Low), orNaN(s.High), orNaN(s.Chance), s.Queries, s.Skipped})
	}
	for _, d := range f.Difference {
		m.Difference = append(m.Difference, Difference{d.By, d.Measure, orNaN(d.Value), orNaN(d.Low), orNaN(d.High)})
	}
	for _, s := range f.Clusters {
		m.Clusters = append(m.Clusters, ClusterScore{s.Role, s.Clusters, s.Label, s.Algorithm, s.K, s.By, s.Measure, orNaN(s.Value), orNaN(s.Low), orNaN(s.High)})
	}
	return m
}
