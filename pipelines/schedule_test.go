package pipelines

import (
	"reflect"
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	x, err := Load("testdata/good/schedule.yaml", fakeOptions())
	if err != nil {
		t.Fatal(err)
	}
	got := *x.Schedule
	if next := got.Next(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)).Format(time.RFC3339); next != "2026-11-23T03:00:00-05:00" {
		t.Errorf("next is %s", next)
	}
	got.Times, got.Location = nil, nil
	want := Schedule{Cron: "0 3 * * mon-fri", Timezone: "America/New_York", Overlap: "queue", CatchUp: "last", Limit: 90 * time.Minute, OnFailure: "stop"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	x, err = Parse("x.yaml", []byte("stages:\n  p: {uses: photos, with: {root: x}}\nschedule: {cron: \"@daily\"}\n"), fakeOptions())
	if err != nil {
		t.Fatal(err)
	}
	got = *x.Schedule
	if got.Location != time.Local {
		t.Errorf("the time zone is %v", got.Location)
	}
	got.Times, got.Location = nil, nil
	if want := (Schedule{Cron: "@daily", Timezone: "Local", Overlap: "skip", CatchUp: "none", OnFailure: "continue"}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSetOfASchedule(t *testing.T) {
	stages := "vars: {h: 4h}\nstages:\n  p: {uses: photos, with: {root: x}}\n"
	set := []string{"schedule.cron=*/5 3 * * mon-fri", "schedule.timezone=Asia/Tokyo", "schedule.limit=${vars.h}", "schedule.overlap=queue", "schedule.catch_up=last"}
	for _, file := range []string{stages, stages + "schedule:\n", stages + "schedule: {cron: \"@daily\", on_failure: continue, limit: 1h}\n"} {
		x, err := Parse("x.yaml", []byte(file), fakeOptions(set...))
		if err != nil {
			t.Fatal(err)
		}
		got := *x.Schedule
		got.Times, got.Location = nil, nil
		want := Schedule{Cron: "*/5 3 * * mon-fri", Timezone: "Asia/Tokyo", Overlap: "queue", CatchUp: "last", Limit: 4 * time.Hour, OnFailure: "continue"}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestNearestZone(t *testing.T) {
	for text, want := range map[string]string{
		"Tokyo": "Asia/Tokyo", "asia/tokyo": "Asia/Tokyo", "new york": "America/New_York", "Europe/Nowhere-at-all": "", "Lord Howe": "Australia/Lord_Howe",
		"America/NewYork": "America/New_York", "X": "", "London": "Europe/London", "Utc": "",
	} {
		if got, _ := nearestZone(text); got != want {
			t.Errorf("nearest to %s is %s, want %s", text, got, want)
		}
	}
}
