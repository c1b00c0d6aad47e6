package eval

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/internal/nearest"
	"fashionpipe/internal/parallel"
	"fashionpipe/internal/rng"
)

// Background says how much of a neighbourhood is explained by the background, where rows are photos of known garments
// before known scenes, as internal/synth draws them. Of a query with garment g before scene s, let A be the other photos of
// g before other scenes, B the photos of other garments before s, and C those of other garments before other scenes.
//
//   - sensitivity is the probability that a random photo of B is nearer than a random one of A, a tie counting half: 0 where
//     the garment alone decides, ½ where the scene counts as much as the garment (and where features tell neither, as those
//     of a collapsed encoder), 1 where the scene alone decides. It is one minus the area under the ROC curve that tells A
//     from B by distance (Hanley & McNeil, The meaning and use of the area under a ROC curve, 1982);
//   - confusion is the same of C in place of B: how often garments are taken for each other without any help of the scene;
//   - excess is sensitivity − confusion: what the scene adds. It is 0 in the mean where features know nothing of scenes, also
//     where they know little of garments; of C a sample is taken where there are many rows;
//   - scene@k is the share of the query's scene among the first k neighbours, garment@k that of its garment.
//
// Queries without a photo in A, B or C are skipped. Neighbours at equal distance come in an order drawn from the seed.
type Background struct {
	K       []int // of scene@k and garment@k
	Metric  nearest.Metric
	Queries []bool // rows to judge; nil for all
	Gallery []bool // rows to be found, A and B among them; nil for all
	Seed    uint64
	Workers int
	Start   func(queries int) // told how many there are to search for, before it starts; may be nil
	Done    func(queries int) // told of queries finished, from several goroutines; may be nil
}

// Measures names what is measured of each query.
func (o Background) Measures() []string {
	names := []string{"sensitivity", "confusion", "excess"}
	for _, what := range []string{"scene", "garment"} {
		for _, k := range o.K {
			names = append(names, fmt.Sprintf("%s@%d", what, k))
		}
	}
	return names
}

// Judge measures rows of dim numbers each, row-major, whose garments are given, "" where not known, and whose scenes,
// 0 where not known.
func (o Background) Judge(ctx context.Context, data []float32, dim int, garments []string, scenes []int32) (Judged, error) {
	space, err := nearest.NewSpace(data, dim, o.Metric)
	if err != nil {
		return Judged{}, err
	}
	if len(garments) != space.Len() || len(scenes) != space.Len() {
		return Judged{}, fmt.Errorf("eval: %d garments and %d scenes of %d rows", len(garments), len(scenes), space.Len())
	}
	gallery := chosen(o.Gallery, space.Len())
	s := newStage(number(garments), scenes, gallery)
	s.sample = sampled(gallery, o.Seed)
	j := Judged{Chance: make([]float64, 3+2*len(o.K))}
	for _, q := range chosen(o.Queries, space.Len()) {
		if s.apart(q) {
			j.Queries = append(j.Queries, q)
		} else {
			j.Skipped++
		}
	}
	o.chance(&j, s, gallery)
	if len(j.Queries) == 0 {
		return j, nil
	}
	if o.Start != nil {
		o.Start(2 * len(j.Queries)) // distances, then neighbours
	}
	j.Values = make([][]float64, len(j.Queries))
	err = parallel.ForEach(ctx, len(j.Queries), o.Workers, func(_, i int) {
		b, c := s.nearer(space, j.Queries[i])
		j.Values[i] = append(make([]float64, 0, len(j.Chance)), b, c, b-c)
		o.done(1)
	})
	if err != nil || len(o.K) == 0 {
		return j, err
	}
	return j, o.shares(ctx, space, s, gallery, &j)
}

func (o Background) done(n int) {
	if o.Done != nil {
		o.Done(n)
	}
}

// shares adds scene@k and garment@k to the values of each query.
func (o Background) shares(ctx context.Context, space *nearest.Space, s *stage, gallery []int32, j *Judged) error {
	search := nearest.Options{K: func(int) int { return slices.Max(o.K) }, Queries: j.Queries, Gallery: gallery,
		Seed: o.Seed, Workers: o.Workers, Done: o.Done}
	return space.Search(ctx, search, func(q int, near []nearest.Neighbour) {
		at, _ := slices.BinarySearch(j.Queries, int32(q))
		for _, same := range s.likenesses() {
			for _, k := range o.K {
				hits := 0
				for _, n := range near[:min(k, len(near))] {
					if same(int32(q), n.Row) {
						hits++
					}
				}
				j.Values[at] = append(j.Values[at], float64(hits)/float64(k))
			}
		}
	})
}

// chance sets what each measure is in the mean if the gallery comes in random order.
func (o Background) chance(j *Judged, s *stage, gallery []int32) {
	for _, q := range j.Queries {
		others := len(gallery)
		if _, found := slices.BinarySearch(gallery, q); found {
			others--
		}
		values := []float64{0.5, 0.5, 0}
		for _, same := range [][]int32{s.scene[s.scenes[q]], s.garment[s.garments[q]]} {
			n := len(same)
			if _, found := slices.BinarySearch(same, q); found {
				n--
			}
			for _, k := range o.K {
				values = append(values, float64(n)/float64(others)*float64(min(k, others))/float64(k))
			}
		}
		for i, v := range values {
			j.Chance[i] += v / float64(len(j.Queries))
		}
	}
	if len(j.Queries) == 0 {
		j.Chance, _ = nothing(len(j.Chance))
	}
}

// stage is who stands where: the rows to be found of each garment and before each scene, ascending.
type stage struct {
	garments, scenes []int32 // per row; -1 and 0 where not known
	garment, scene   map[int32][]int32
	sample           []int32 // of the rows to be found, to take C from
}

// mostSampled is the most rows that C is taken from.
const mostSampled = 4096

// sampled is some rows of a gallery, ascending; the same for all queries.
func sampled(gallery []int32, seed uint64) []int32 {
	if len(gallery) <= mostSampled {
		return gallery
	}
	rows := make([]int32, mostSampled)
	for i, at := range rng.New(seed, "background", "sample").Perm(len(gallery))[:mostSampled] {
		rows[i] = gallery[at]
	}
	slices.Sort(rows)
	return rows
}

func newStage(garments, scenes, gallery []int32) *stage {
	s := &stage{garments: garments, scenes: scenes, garment: map[int32][]int32{}, scene: map[int32][]int32{}}
	for _, i := range gallery {
		if garments[i] >= 0 {
			s.garment[garments[i]] = append(s.garment[garments[i]], i)
		}
		if scenes[i] > 0 {
			s.scene[scenes[i]] = append(s.scene[scenes[i]], i)
		}
	}
	return s
}

// likenesses tell whether a row has the query's scene, and its garment.
func (s *stage) likenesses() [2]func(q, i int32) bool {
	return [2]func(q, i int32) bool{
		func(q, i int32) bool { return s.scenes[q] == s.scenes[i] },
		func(q, i int32) bool { return s.garments[q] == s.garments[i] },
	}
}

// a tells whether a row of the query's garment is before another scene, b whether one before its scene is of another
// garment; a row of C is both. Rows of which either isn't known are neither.
func (s *stage) a(q, i int32) bool { return s.scenes[i] > 0 && s.scenes[i] != s.scenes[q] }
func (s *stage) b(q, i int32) bool { return s.garments[i] >= 0 && s.garments[i] != s.garments[q] }

// apart says whether there is a photo in A, one in B and one in C of a query.
func (s *stage) apart(q int32) bool {
	if s.garments[q] < 0 || s.scenes[q] <= 0 {
		return false
	}
	return slices.ContainsFunc(s.garment[s.garments[q]], func(i int32) bool { return s.a(q, i) }) &&
		slices.ContainsFunc(s.scene[s.scenes[q]], func(i int32) bool { return s.b(q, i) }) &&
		slices.ContainsFunc(s.sample, func(i int32) bool { return s.a(q, i) && s.b(q, i) })
}

// nearer are the sensitivity and the confusion of one query: how likely a random photo of B, and of C, is nearer than one
// of A.
func (s *stage) nearer(space *nearest.Space, q int32) (b, c float64) {
	var a []float64
	for _, i := range s.garment[s.garments[q]] {
		if s.a(q, i) {
			a = append(a, space.Distance(int(q), int(i)))
		}
	}
	slices.Sort(a)
	share := func(rows []int32, of func(i int32) bool) float64 {
		sum, n := 0.0, 0
		for _, i := range rows {
			if of(i) {
				sum += beyond(a, space.Distance(int(q), int(i)))
				n++
			}
		}
		return sum / float64(n)
	}
	return share(s.scene[s.scenes[q]], func(i int32) bool { return s.b(q, i) }),
		share(s.sample, func(i int32) bool { return s.a(q, i) && s.b(q, i) })
}

// beyond is the share of ascending distances that are larger than d, those equal to it counting half.
func beyond(ascending []float64, d float64) float64 {
	from, _ := slices.BinarySearch(ascending, d)
	to := from
	for to < len(ascending) && ascending[to] == d {
		to++
	}
	return (float64(len(ascending)-to) + float64(to-from)/2) / float64(len(ascending))
}
