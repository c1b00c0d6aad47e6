package report

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
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
	add := func(labels []formats.Labels, format string, args ...any) error {
		e := event{What: what, Text: fmt.Sprintf(format, args...)}
		for _, l := range labels[:min(driftShots, len(labels))] {
			s, err := b.shot(l, montagePixels)
			if err != nil {
				return err
			}
			e.Shots = append(e.Shots, s)
		}
		out = append(out, e)
		return nil
	}
	for _, o := range d.Old {
		if o.Fate != what || what == formats.Merged {
			continue
		}
		var err error
		if what == formats.Split {
			var shots []formats.Labels
			for _, y := range o.To {
				m := members(y)
				shots = append(shots, m[:min(max(1, driftShots/len(o.To)), len(m))]...)
			}
			err = add(shots, "Cluster %d (%s) split into %s.", o.Cluster, plural(o.Size, "photo", "photos"), numbers(o.To))
		} else {
			err = add(stayed(d, o.Cluster), "Cluster %d (%s) is no more%s.", o.Cluster, plural(o.Size, "photo", "photos"), whereTo(o))
		}
		if err != nil {
			return nil, err
		}
	}
	for _, n := range d.Now {
		var err error
		photos := plural(n.Size, "photo", "photos")
		switch {
		case n.Origin == formats.Born && what == formats.Born:
			if n.Both < n.Size {
				photos += ", " + count(n.Size-n.Both) + " of them new"
			}
			err = add(members(n.Cluster), "Cluster %d (%s) continues none.", n.Cluster, photos)
		case n.Origin == formats.Merged && what == formats.Merged:
			err = add(members(n.Cluster), "Clusters %s merged into %d (%s).", numbers(n.From), n.Cluster, photos)
		case n.Origin == formats.Kept && n.Change == what:
			err = add(members(n.Cluster), "Cluster %d, before %d, has %s; it had %s.", n.Cluster, *n.Continues, photos, count(d.Old[*n.Continues].Size))
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
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

// movers draws some of the photos that moved by themselves.
func (v *driftView) movers(b *builder, d *formats.Drift) error {
	var alone []formats.Move
	for _, m := range d.Moves {
		if m.How == "moved" || m.How == formats.Died {
			alone = append(alone, m)
		}
	}
	v.Alone = len(alone)
	picked := rng.New(b.o.Seed, "report", "movers").Perm(len(alone))[:min(driftMovers, len(alone))]
	slices.Sort(picked)
	for _, i := range picked {
		s, err := b.shot(formats.Labels{ID: alone[i].ID}, montagePixels)
		if err != nil {
			return err
		}
		v.Movers = append(v.Movers, mover{s, cluster(alone[i].Before), cluster(alone[i].Now)})
	}
	return nil
}

func cluster(k *int32) string {
	if k == nil {
		return "none"
	}
	return fmt.Sprint(*k)
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
