package pipelines

import (
	"regexp"
	"slices"
	"strings"

	"fashionpipe/internal/spelling"
)

// pathChecker says whether a path such as stages.x.with.k names something of an experiment: of a --set, or of a sweep.
type pathChecker struct {
	c     *checker
	root  *node
	sweep bool
	value string // that --set gives
}

// setKeys are the keys that a path begins with; of a sweep, axisKeys.
var (
	setKeys  = []string{"name", "seed", "vars", "stages", "schedule"}
	axisKeys = []string{"seed", "vars", "stages"}
)

// form shows a path as it is to be written.
func (p pathChecker) form(path string) string {
	if p.sweep {
		return "write `" + path + "`"
	}
	return "write --set " + path + "=value"
}

// again shows the path that was meant, with the value that was given where a shell takes it as it stands.
func (p pathChecker) again(path string) string {
	if p.sweep || !rePlainValue.MatchString(p.value) {
		return p.form(path)
	}
	return "write --set " + path + "=" + p.value
}

var rePlainValue = regexp.MustCompile(`^[A-Za-z0-9_./:,@+-]{1,40}$`)

// check says whether a path names something: name, seed, vars.X, schedule.X, or a place in a stage.
func (p pathChecker) check(keys []string, at place) bool {
	switch keys[0] {
	case "name", "seed":
		if keys[0] == "name" && p.sweep {
			p.c.fail(at, "all points belong to one experiment", "a sweep can't change `name`")
			return false
		}
		if len(keys) > 1 {
			p.c.fail(at, p.form(keys[0]), "there is nothing inside `%s`", keys[0])
		}
		return len(keys) == 1
	case "vars":
		return p.checkVar(p.root.get("vars"), keys, at)
	case "stages":
		return p.checkStage(p.root.get("stages"), keys, at)
	case "schedule":
		if !p.sweep {
			return p.checkSchedule(keys, at)
		}
	}
	p.unknown(keys, at)
	return false
}

func (p pathChecker) unknown(keys []string, at place) {
	known, who := setKeys, "--set"
	if p.sweep {
		known, who = axisKeys, "a sweep"
	} else if p.root.get("sweep") != nil {
		known = append(slices.Clone(known), "sweep")
	}
	hint := suggest(keys[0], known, "a path begins with one of")
	if near := p.nearly(keys, known); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	if v := p.root.get("vars"); v != nil && v.get(keys[0]) != nil {
		hint = p.again("vars." + keys[0])
	} else if s := p.root.get("stages"); s != nil && s.get(keys[0]) != nil {
		hint = p.again(p.within(keys[0], keys[1:]))
	} else if !p.sweep && len(keys) == 1 && slices.Contains(scheduleKeys, keys[0]) {
		hint = p.again("schedule." + keys[0])
	}
	if having := p.having(keys[0]); len(having) > 0 && len(keys) == 1 {
		hint = "name the stage: " + p.again("stages."+having[0]+".with."+keys[0])
		if more := having[1:min(4, len(having))]; len(more) > 0 {
			hint += ", or with " + either(quoteAll(more)) + " in place of `" + having[0] + "`"
		}
	}
	p.c.fail(at, hint, "%s can't change `%s`", who, clip(keys[0]))
}

// nearly finds the path that one may be meant for whose first key is a misspelt variable or stage; "" if none, or if that
// key is more like one that a path may begin with.
func (p pathChecker) nearly(keys, known []string) string {
	under := "stages"
	if len(keys) == 1 {
		under = "vars"
	}
	names := p.root.get(under)
	if _, ok := spelling.Nearest(keys[0], known); ok || names == nil {
		return ""
	}
	near, ok := spelling.Nearest(keys[0], names.keys())
	if !ok {
		return ""
	}
	if under == "stages" {
		return p.within(near, keys[1:])
	}
	return under + "." + near
}

// within is the path to something of a stage, with `with` before a parameter that stands there alone.
func (p pathChecker) within(stage string, rest []string) string {
	path := append([]string{"stages", stage}, rest...)
	if k := p.c.kindOf(p.root.get("stages").get(stage)); k != nil && len(rest) == 1 && slices.Contains(paramNames(k), rest[0]) {
		path = slices.Insert(path, 2, "with")
	}
	return strings.Join(path, ".")
}

// having lists the stages that have a parameter of a name.
func (p pathChecker) having(name string) []string {
	stages := p.root.get("stages")
	if stages == nil || p.root.get("vars").has(name) {
		return nil
	}
	var names []string
	for _, s := range stages.pairs {
		if k := p.c.kindOf(s.value); k != nil && slices.Contains(paramNames(k), name) {
			names = append(names, s.key.text)
		}
	}
	return names
}

func (p pathChecker) checkVar(vars *node, keys []string, at place) bool {
	if len(keys) != 2 {
		p.c.fail(at, p.form("vars.name"), "the path must name one variable")
		return false
	}
	var names []string
	if vars != nil {
		names = vars.keys()
	}
	if slices.Contains(names, keys[1]) {
		return true
	}
	hint := suggest(keys[1], names, "variables here")
	if len(names) == 0 {
		hint = "the experiment has no variables"
	}
	p.c.fail(at, hint, "there is no variable `%s`", clip(keys[1]))
	return false
}

func (p pathChecker) checkSchedule(keys []string, at place) bool {
	switch {
	case len(keys) != 2:
		p.c.fail(at, p.form("schedule.cron"), "the path must name one thing in `schedule`")
	case !slices.Contains(scheduleKeys, keys[1]):
		p.c.fail(at, suggest(keys[1], scheduleKeys, "a schedule has"), "a schedule has no `%s`", clip(keys[1]))
	default:
		return true
	}
	return false
}

func (p pathChecker) checkStage(stages *node, keys []string, at place) bool {
	if len(keys) < 3 {
		p.c.fail(at, p.form("stages.STAGE.with.PARAMETER"), "the path must name something of a stage")
		return false
	}
	if stages == nil || stages.shape != mapping {
		return true // said elsewhere
	}
	body := stages.get(keys[1])
	if body == nil {
		p.c.fail(at, suggest(keys[1], stages.keys(), "stages here"), "there is no stage `%s`", clip(keys[1]))
		return false
	}
	stage := "stages." + keys[1] + "."
	deep, known := stageKeys[keys[2]]
	switch {
	case !known:
		hint := suggest(keys[2], sortedKeys(stageKeys), "a stage has")
		if k := p.c.kindOf(body); k != nil {
			if _, isKey := spelling.Nearest(keys[2], sortedKeys(stageKeys)); slices.Contains(paramNames(k), keys[2]) {
				hint = p.form(stage + "with." + keys[2])
			} else if near, ok := spelling.Nearest(keys[2], paramNames(k)); ok && !isKey {
				hint = "did you mean `" + stage + "with." + near + "`?"
			}
		}
		p.c.fail(at, hint, "a stage has no `%s`", clip(keys[2]))
	case deep && len(keys) != 4:
		p.c.fail(at, p.form(stage+keys[2]+".NAME"), "the path must name one thing in `%s`", keys[2])
	case !deep && len(keys) != 3:
		p.c.fail(at, p.form(stage+keys[2]), "there is nothing inside `%s`", keys[2])
	default:
		return true
	}
	return false
}
