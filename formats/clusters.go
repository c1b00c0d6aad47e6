package formats

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The files of a clusters artifact.
const (
	ClustersFile = "clusters.parquet"
	CentresFile  = "centres.parquet"
)

// ClustersMeta says how a clustering was made.
type ClustersMeta struct {
	Algorithm  string  `json:"algorithm"`            // "kmeans" or "meanshift"
	Model      string  `json:"model"`                // of the embeddings: EmbeddingsMeta.Model
	Random     bool    `json:"random"`               // of the embeddings: EmbeddingsMeta.Random
	Embeddings string  `json:"embeddings"`           // digest of the embeddings artifact
	K          int     `json:"k"`                    // number of clusters found, the rows of centres.parquet
	Inertia    float64 `json:"inertia"`              // sum of squared L2 distances of members to their centres
	Iterations int     `json:"iterations"`           // of the start that was kept
	Restarts   int     `json:"restarts,omitempty"`   // k-means: how many starts were tried
	Start      string  `json:"start,omitempty"`      // k-means: digest of the clusters whose centres it started from, once
	Method     string  `json:"method,omitempty"`     // k-means: "lloyd", "elkan", "minibatch" or "hartigan-wong"
	Spherical  bool    `json:"spherical,omitempty"`  // k-means: of directions, centres have norm 1
	Bandwidth  float64 `json:"bandwidth,omitempty"`  // mean shift: L2 distance
	Kernel     string  `json:"kernel,omitempty"`     // mean shift: "flat" or "gaussian"
	ChosenBy   string  `json:"chosen_by,omitempty"`  // what K or the bandwidth was chosen by: Choice.By
	Blurring   bool    `json:"blurring,omitempty"`   // mean shift: rows moved
	Normalised bool    `json:"normalised,omitempty"` // vectors were L2-normalised before clustering
	Converged  bool    `json:"converged"`            // it stopped by itself, not at the limit of iterations
}

// Label says shortly how a clustering was made: "k-means, 50 clusters, best of 3 starts, normalised" or "mean shift, 12
// clusters, flat kernel, bandwidth 0.31".
func (m ClustersMeta) Label() string {
	name := m.Algorithm
	if n, ok := map[string]string{"kmeans": "k-means", "meanshift": "mean shift"}[name]; ok {
		name = n
	}
	if m.Spherical {
		name = "spherical " + name
	}
	if m.Blurring {
		name = "blurring " + name
	}
	parts := []string{name, fmt.Sprintf("%d clusters", m.K)}
	if m.K == 1 {
		parts[1] = "1 cluster"
	}
	if m.Method == "minibatch" || m.Method == "hartigan-wong" { // Lloyd's (and so Elkan's) result is what k-means means
		parts = append(parts, m.Method)
	}
	if m.Start != "" {
		parts = append(parts, "from the centres of the last time")
	} else if m.Restarts > 1 {
		parts = append(parts, fmt.Sprintf("best of %d starts", m.Restarts))
	}
	if m.Kernel != "" {
		parts = append(parts, m.Kernel+" kernel")
	}
	if m.Bandwidth > 0 {
		parts = append(parts, fmt.Sprintf("bandwidth %.3g", m.Bandwidth))
	}
	if m.ChosenBy != "" {
		parts = append(parts, "chosen by "+m.ChosenBy)
	}
	if m.Normalised && !m.Spherical {
		parts = append(parts, "normalised")
	}
	return strings.Join(parts, ", ")
}

// Clusters gives each row its cluster, and each cluster its centre.
type Clusters struct {
	Meta     ClustersMeta
	Labels   []Labels
	Cluster  []int32   // per row, 0 … K-1; -1: in no cluster
	Distance []float32 // per row, L2 distance to its cluster's centre; NaN where Cluster is -1
	Dim      int
	Centres  []float32 // K×Dim, row-major
	Sizes    []int     // members of each cluster, K; made by ReadClusters; WriteClusters counts for itself
	Choice   *Choice   // nil unless Meta.ChosenBy is set
}

// Centre is the centre of cluster i, a view into Centres.
func (c *Clusters) Centre(i int) []float32 { return c.Centres[i*c.Dim : (i+1)*c.Dim : (i+1)*c.Dim] }

// clusterRow is a row of clusters.parquet.
type clusterRow struct {
	Labels
	Cluster  *int32   `parquet:"cluster,optional"`
	Distance *float32 `parquet:"distance,optional"`
}

// centreRow is a row of centres.parquet.
type centreRow struct {
	Cluster int32     `parquet:"cluster"`
	Size    int64     `parquet:"size"`
	Vector  []float32 `parquet:"vector,list" parquet-element:",uncompressed"`
}

// sizes counts the members of each cluster and checks what a clustering must be.
func (c *Clusters) sizes() ([]int, error) {
	n := len(c.Labels)
	if len(c.Cluster) != n || len(c.Distance) != n {
		return nil, fmt.Errorf("%d rows, %d clusters, %d distances must be as many", n, len(c.Cluster), len(c.Distance))
	}
	if err := checkVectors(c.Centres, c.Meta.K, c.Dim); err != nil {
		return nil, fmt.Errorf("centres: %w", err)
	}
	sizes := make([]int, c.Meta.K)
	for i, k := range c.Cluster {
		d := float64(c.Distance[i])
		switch {
		case k < -1 || int(k) >= c.Meta.K:
			return nil, fmt.Errorf("row %d is in cluster %d of %d", i, k, c.Meta.K)
		case k == -1 && !math.IsNaN(d):
			return nil, fmt.Errorf("row %d is in no cluster, but at distance %v of its centre", i, d)
		case k >= 0 && !(d >= 0 && !math.IsInf(d, 0)):
			return nil, fmt.Errorf("row %d is at distance %v of its centre", i, d)
		}
		if k >= 0 {
			sizes[k]++
		}
	}
	return sizes, nil
}

// WriteClusters writes clusters.parquet, centres.parquet and, where something was chosen, choice.json into dir. It is an error if lengths disagree, a cluster is
// out of range, or a number isn't finite where it must be.
func WriteClusters(dir string, c *Clusters) error {
	sizes, err := c.sizes()
	if err != nil {
		return fmt.Errorf("%s: %w", ClustersFile, err)
	}
	if c.Sizes != nil && !slices.Equal(c.Sizes, sizes) {
		return fmt.Errorf("%s: sizes are %v, counted %v", ClustersFile, c.Sizes, sizes)
	}
	if err := c.checkChoice(); err != nil {
		return err
	}
	if c.Choice != nil {
		if err := writeChoice(dir, c.Choice); err != nil {
			return err
		}
	}
	h, err := newHeader("clusters", len(c.Labels), 0, c.Meta)
	if err != nil {
		return err
	}
	err = writeTable(dir, ClustersFile, h, rowGroup, func(i int) clusterRow {
		if c.Cluster[i] < 0 {
			return clusterRow{Labels: c.Labels[i]}
		}
		return clusterRow{Labels: c.Labels[i], Cluster: &c.Cluster[i], Distance: &c.Distance[i]}
	})
	if err != nil {
		return err
	}
	if h, err = newHeader("centres", c.Meta.K, c.Dim, nil); err != nil {
		return err
	}
	return writeTable(dir, CentresFile, h, vectorGroup(c.Dim), func(i int) centreRow {
		return centreRow{Cluster: int32(i), Size: int64(sizes[i]), Vector: c.Centre(i)}
	}, vectorOptions...)
}

// checkChoice holds what was chosen to what the clusters say of it.
func (c *Clusters) checkChoice() error {
	by := ""
	if c.Choice != nil {
		by = c.Choice.By
	}
	if by != c.Meta.ChosenBy {
		return fmt.Errorf("%s is by %q, %s says %q", ChoiceFile, by, ClustersFile, c.Meta.ChosenBy)
	}
	return nil
}

// ReadClusters reads clusters.parquet, centres.parquet and choice.json of dir, and checks that they agree.
func ReadClusters(dir string) (*Clusters, error) {
	c := &Clusters{}
	if err := c.readRows(dir); err != nil {
		return nil, err
	}
	claimed, err := c.readCentres(dir)
	if err != nil {
		return nil, err
	}
	if c.Choice, err = readChoice(dir, c.Meta.ChosenBy); err != nil {
		return nil, err
	}
	if err := c.checkChoice(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if c.Sizes, err = c.sizes(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if !slices.Equal(claimed, c.Sizes) {
		return nil, fmt.Errorf("%s: %s and %s disagree on the sizes of clusters", dir, CentresFile, ClustersFile)
	}
	return c, nil
}

func (c *Clusters) readRows(dir string) error {
	return readTable[clusterRow](dir, ClustersFile, "clusters", &c.Meta, func(t *table) error {
		return eachRow(t, func(i int, r *clusterRow) error {
			if (r.Cluster == nil) != (r.Distance == nil) {
				return fmt.Errorf("row %d has a cluster without a distance or the other way round", i)
			}
			k, d := int32(-1), float32(math.NaN())
			if r.Cluster != nil {
				k, d = *r.Cluster, *r.Distance
				if k < 0 {
					return fmt.Errorf("row %d is in cluster %d", i, k)
				}
			}
			c.Labels, c.Cluster, c.Distance = append(c.Labels, r.Labels), append(c.Cluster, k), append(c.Distance, d)
			return nil
		})
	})
}

// readCentres reads the centres and gives the sizes that the table claims.
func (c *Clusters) readCentres(dir string) ([]int, error) {
	var sizes []int
	err := readTable[centreRow](dir, CentresFile, "centres", nil, func(t *table) error {
		c.Dim = t.Dim
		if t.Rows != c.Meta.K {
			return fmt.Errorf("%d centres of %d clusters", t.Rows, c.Meta.K)
		}
		var err error
		if c.Centres, err = readVectors(t, "vector"); err != nil {
			return err
		}
		sizes = make([]int, 0, t.Rows)
		type scalars struct {
			Cluster int32 `parquet:"cluster"`
			Size    int64 `parquet:"size"`
		}
		return eachRow(t, func(i int, r *scalars) error {
			if int(r.Cluster) != i {
				return fmt.Errorf("row %d is the centre of cluster %d", i, r.Cluster)
			}
			sizes = append(sizes, int(r.Size))
			return nil
		})
	})
	return sizes, err
}

// CheckClusters says whether dir is a whole clusters artifact. It reads all of it: the tables are small.
func CheckClusters(dir string) error {
	_, err := ReadClusters(dir)
	return err
}
