package synth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// With scenes, every garment is once before each of them, in every split, and half of its photos are by users.
func TestGarmentsTimesScenes(t *testing.T) {
	o := small(60)
	o.Scenes, o.Validation = 6, 0.5
	dir := write(t, o)
	scenes, users := map[string][]int{}, map[string]int{}
	bySource := map[[2]string]int{} // scene and source
	for _, split := range []string{"train", "validation"} {
		for n := range 30 {
			b, err := os.ReadFile(filepath.Join(dir, split, "annos", fmt.Sprintf("%06d.json", n+1)))
			if err != nil {
				t.Fatal(err)
			}
			var a struct {
				Source string `json:"source"`
				Pair   int    `json:"pair_id"`
				Scene  int    `json:"scene"`
				Item1  Item   `json:"item1"`
				Item2  *Item  `json:"item2"`
			}
			if err := json.Unmarshal(b, &a); err != nil {
				t.Fatal(err)
			}
			if a.Item1.Style != 1 || a.Item2 != nil {
				t.Errorf("%s %d: style %d, second item %v", split, n+1, a.Item1.Style, a.Item2)
			}
			garment := fmt.Sprint(split, a.Pair)
			scenes[garment] = append(scenes[garment], a.Scene)
			if a.Source == "user" {
				users[garment]++
			}
			bySource[[2]string{fmt.Sprint(a.Scene), a.Source}]++
		}
	}
	if len(scenes) != 10 {
		t.Errorf("%d garments of 60 photos before 6 scenes", len(scenes))
	}
	for garment, s := range scenes {
		if slices.Sort(s); !slices.Equal(s, []int{1, 2, 3, 4, 5, 6}) || users[garment] != 3 {
			t.Errorf("%s is before the scenes %v, %d photos by users", garment, s, users[garment])
		}
	}
	if len(bySource) < 10 { // of 12: the source doesn't tell the scene
		t.Errorf("scenes and sources go together: %v", bySource)
	}
}

// A scene is the same whatever was on the canvas before, and no other scene's.
func TestSharedScenes(t *testing.T) {
	dirty := newCanvas(90, 120)
	seen := map[string]int{}
	for number := 1; number <= 40; number++ {
		clean := newCanvas(90, 120)
		clean.shared(3, number)
		dirty.shared(3, number)
		if !bytes.Equal(clean.img.Pix, dirty.img.Pix) {
			t.Errorf("scene %d depends on what was drawn before it", number)
		}
		if twin, ok := seen[string(clean.img.Pix)]; ok {
			t.Errorf("scene %d is scene %d", number, twin)
		}
		seen[string(clean.img.Pix)] = number
	}
}
