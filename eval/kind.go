package eval

// kind is one kind of label, with what the queries need to know of it.
type kind struct {
	label     []int32 // per row: a number for its label, -1 for none
	positives []int   // per row: gallery rows other than its own with its label; 0 without a label
	place     []int   // per row: its place in judged, -1 if it is not judged
	judged    Judged
}

func (o Retrieval) newKind(labels []string) *kind {
	k := &kind{label: number(labels), positives: make([]int, len(labels)), place: make([]int, len(labels))}
	count := map[int32]int{}
	for i, l := range k.label {
		if l >= 0 && (o.Gallery == nil || o.Gallery[i]) {
			count[l]++
		}
	}
	for i, l := range k.label {
		k.place[i] = -1
		if l >= 0 {
			k.positives[i] = count[l]
			if own := o.own(int32(i)); own >= 0 && k.label[own] == l {
				k.positives[i]--
			}
		}
		switch {
		case o.Queries != nil && !o.Queries[i]:
		case k.positives[i] == 0:
			k.judged.Skipped++
		default:
			k.place[i] = len(k.judged.Queries)
			k.judged.Queries = append(k.judged.Queries, int32(i))
		}
	}
	k.judged.Values = make([][]float64, len(k.judged.Queries))
	return k
}

// number gives each distinct label a number in the order they are met; -1 for "".
func number(labels []string) []int32 {
	numbers, of := make([]int32, len(labels)), map[string]int32{}
	for i, l := range labels {
		n, ok := of[l]
		switch {
		case l == "":
			n = -1
		case !ok:
			n = int32(len(of))
			of[l] = n
		}
		numbers[i] = n
	}
	return numbers
}

func judgedByAny(kinds []*kind, q int32) bool {
	for _, k := range kinds {
		if k.place[q] >= 0 {
			return true
		}
	}
	return false
}

func results(kinds []*kind) []Judged {
	out := make([]Judged, len(kinds))
	for i, k := range kinds {
		out[i] = k.judged
	}
	return out
}
