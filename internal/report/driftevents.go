package report

import (
	"fmt"
	"strings"

	"fashionpipe/formats"
)

// tell lists what became of clusters, what is most first.
func (v *driftView) tell(b *builder, d *formats.Drift) error {
	members := b.membersNow(d)
	var all []event
	for _, what := range []string{formats.Born, formats.Died, formats.Split, formats.Merged, "grown", "shrunk"} {
		some, err := b.events(d, what, members)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	v.Events = all[:min(driftEvents, len(all))]
	v.More = len(all) - len(v.Events)
	for _, n := range d.Now {
		if n.Origin == formats.Kept && n.Change == "" {
			v.Quiet++
		}
	}
	return nil
}

// membersNow gives the photos of each cluster now, nearest its centre first, where the clustering is connected.
func (b *builder) membersNow(d *formats.Drift) func(k int) []formats.Labels {
	for _, c := range b.in.Clusters {
		if c.Digest != d.Clusters {
			continue
		}
		rows, _ := membersOf(c.Clusters)
		return func(k int) (labels []formats.Labels) {
			if k < len(rows) {
				for _, r := range rows[k][:min(driftShots, len(rows[k]))] {
					labels = append(labels, c.Labels[r])
				}
			}
			return labels
		}
	}
	return func(int) []formats.Labels { return nil }
}

// events words one kind of change, with photos of the clusters now.
func (b *builder) events(d *formats.Drift, what string, members func(int) []formats.Labels) ([]event, error) {
	var out []event
	add := func(text string, labels []formats.Labels) error {
		if text == "" {
			return nil
		}
		shots, err := b.eventShots(labels)
		out = append(out, event{What: what, Text: text, Shots: shots})
		return err
	}
	for _, o := range d.Old {
		if err := add(ending(d, o, what, members)); err != nil {
			return nil, err
		}
	}
	for _, n := range d.Now {
		if err := add(beginning(d, n, what, members)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// eventShots draws the first few of some photos.
func (b *builder) eventShots(labels []formats.Labels) ([]shot, error) {
	var shots []shot
	for _, l := range labels[:min(driftShots, len(labels))] {
		s, err := b.shot(l, montagePixels)
		if err != nil {
			return nil, err
		}
		shots = append(shots, s)
	}
	return shots, nil
}

// ending words what became of a cluster before, if it was this, and gives photos of it; "" if it wasn't.
func ending(d *formats.Drift, o formats.OldCluster, what string, members func(int) []formats.Labels) (string, []formats.Labels) {
	photos := plural(o.Size, "photo", "photos")
	switch {
	case o.Fate != what:
		return "", nil
	case what == formats.Split:
		var shots []formats.Labels
		for _, y := range o.To {
			m := members(y)
			shots = append(shots, m[:min(max(1, driftShots/len(o.To)), len(m))]...)
		}
		return fmt.Sprintf("Cluster %d (%s) split into %s.", o.Cluster, photos, numbers(o.To)), shots
	case what == formats.Died:
		return fmt.Sprintf("Cluster %d (%s) disappeared%s.", o.Cluster, photos, whereTo(o)), stayed(d, o.Cluster)
	}
	return "", nil // what merged is told once, of the cluster now
}

// beginning words where a cluster now is from, if it was by this, and gives photos of it; "" if it wasn't.
func beginning(d *formats.Drift, n formats.NowCluster, what string, members func(int) []formats.Labels) (string, []formats.Labels) {
	photos := plural(n.Size, "photo", "photos")
	switch {
	case n.Origin == formats.Born && what == formats.Born:
		if n.Both < n.Size {
			photos += ", " + count(n.Size-n.Both) + " of them new"
		}
		return fmt.Sprintf("Cluster %d (%s) is new.", n.Cluster, photos), members(n.Cluster)
	case n.Origin == formats.Merged && what == formats.Merged:
		return fmt.Sprintf("Clusters %s merged into %d (%s).", numbers(n.From), n.Cluster, photos), members(n.Cluster)
	case n.Origin == formats.Kept && n.Change == what:
		text := fmt.Sprintf("Cluster %d, before %d, has %s; it had %s.", n.Cluster, *n.Continues, photos, count(d.Old[*n.Continues].Size))
		return text, members(n.Cluster)
	}
	return "", nil
}

// whereTo says what became of the photos of a cluster that died.
func whereTo(o formats.OldCluster) string {
	switch {
	case o.Both == 0:
		return ": all its photos are gone"
	case len(o.To) == 0:
		return ": its photos are scattered"
	}
	return ": most of its photos are in " + numbers(o.To)
}

// stayed are the photos of a cluster before that are still there, as far as they moved.
func stayed(d *formats.Drift, cluster int) []formats.Labels {
	var labels []formats.Labels
	for _, m := range d.Moves {
		if m.Before != nil && int(*m.Before) == cluster {
			labels = append(labels, formats.Labels{ID: m.ID})
		}
	}
	return labels
}

// numbers writes "3", "3 and 7", "3, 7 and 9".
func numbers(ks []int) string {
	var s []string
	for _, k := range ks {
		s = append(s, fmt.Sprint(k))
	}
	if len(s) < 2 {
		return strings.Join(s, "")
	}
	return strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}
