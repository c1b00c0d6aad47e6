package dag

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fashionpipe/dag/store"
	"fashionpipe/internal/disk"
)

// RunRecord is the file run.json of a run.
type RunRecord struct {
	ID         string        `json:"id"` // sorts by time
	Experiment string        `json:"experiment"`
	Status     Status        `json:"status"`
	Started    time.Time     `json:"started"`
	Ended      *time.Time    `json:"ended,omitempty"`
	Tool       string        `json:"tool"` // version of the program
	PID        int           `json:"pid"`
	Host       string        `json:"host"`
	Stages     []StageRecord `json:"stages"`
}

// StageRecord is one stage of a RunRecord.
type StageRecord struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind"`
	State   State      `json:"state,omitempty"` // none while it has not ended
	Key     Digest     `json:"key,omitempty"`
	Digest  Digest     `json:"digest,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Error   string     `json:"error,omitempty"`
	Started *time.Time `json:"started,omitempty"`
	Took    float64    `json:"took"`            // seconds, in this run
	Saved   float64    `json:"saved,omitempty"` // seconds the work took when it was done, if cached
	Bytes   int64      `json:"bytes,omitempty"`
	Notes   []Note     `json:"notes,omitempty"`
}

// recorder writes the record of a run and passes events on.
type recorder struct {
	run  *store.Run
	send func(Event)

	mu    sync.Mutex // over all below, and held while an event is passed on
	doc   RunRecord
	index map[string]int // stage → its place in doc.Stages
	late  *time.Timer    // writes the record soon; nil if nothing waits to be written
	cost  time.Duration  // of the last writing of it
	log   *os.File
	err   error // the first failure to write the record; told at the end
}

// A record is written while stages end at most every recordEvery, and so seldom that it takes a share of 1/recordShare of
// the time: the whole of it is written each time, and a sweep has thousands of stages. The log has every line at once.
const (
	recordEvery = 200 * time.Millisecond
	recordShare = 20
)

func (e *Engine) newRecorder(g *Graph, nodes []*Node, experiment []byte) (*recorder, error) {
	now := time.Now()
	run, err := e.Store.NewRun(now)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // only for people to read
	r := &recorder{run: run, send: e.Events, index: map[string]int{}, doc: RunRecord{
		ID: run.ID, Experiment: g.Name, Status: StatusRunning, Started: now, Tool: e.Version, PID: os.Getpid(), Host: host,
	}}
	for i, n := range nodes {
		r.index[n.Name] = i
		r.doc.Stages = append(r.doc.Stages, StageRecord{Name: n.Name, Kind: n.Kind.Name})
	}
	r.log, err = disk.OpenFile(filepath.Join(run.Dir, "log.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err == nil {
		err = run.Write("experiment.yaml", experiment)
	}
	if err == nil {
		err = r.write()
	}
	if err != nil {
		_ = run.Close()
		return nil, fmt.Errorf("starting the record of the run: %w", e.Store.Explain(err))
	}
	return r, nil
}

// emit logs an event (progress aside, which would fill the disk) and passes it on.
func (r *recorder) emit(ev Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ev.Time = time.Now()
	if ev.What != Progress {
		b, err := json.Marshal(ev)
		if err == nil {
			_, err = disk.Write(r.log, append(b, '\n'))
		}
		r.keep(err)
	}
	if r.send != nil {
		r.send(ev)
	}
}

// stage writes down how a stage ended.
func (r *recorder) stage(res *StageResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.doc.Stages[r.index[res.Node.Name]]
	s.State, s.Key, s.Digest, s.Reason = res.State, res.Key, res.Artifact.Digest, res.Reason
	s.Took, s.Saved, s.Bytes, s.Notes = res.Took.Seconds(), res.Saved.Seconds(), res.Bytes, res.Notes
	if !res.Started.IsZero() {
		s.Started = &res.Started
	}
	if res.Err != nil {
		s.Error = res.Err.Error()
	}
	if r.late == nil {
		r.late = time.AfterFunc(max(recordEvery, recordShare*r.cost), r.writeLate)
	}
}

// writeLate writes what stages changed in the record, unless close has done so.
func (r *recorder) writeLate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.late != nil {
		r.late = nil
		r.keep(r.write())
	}
}

// keep remembers the first failure: on a full disk the others are the same.
func (r *recorder) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *recorder) write() error {
	began := time.Now()
	defer func() { r.cost = time.Since(began) }()
	b, err := json.MarshalIndent(r.doc, "", "  ")
	if err != nil {
		return err
	}
	return r.run.Write("run.json", append(b, '\n'))
}

// close ends the record.
func (r *recorder) close(status Status) {
	r.mu.Lock()
	if r.late != nil {
		r.late.Stop()
		r.late = nil
	}
	now := time.Now()
	r.doc.Status, r.doc.Ended = status, &now
	r.keep(r.write())
	err := r.err
	r.mu.Unlock()
	if err != nil {
		r.emit(Event{What: Warned, Text: fmt.Sprintf("the record of the run is not whole: %v", err)})
	}
	_ = r.log.Close() // every line of it was written already
	_ = r.run.Close()
}

// ReadRun reads the record of a run. A run that never wrote how it ended, and whose process is gone, is StatusKilled.
func ReadRun(s *store.Store, id string) (*RunRecord, error) {
	doc := &RunRecord{ID: id, Status: StatusRunning}
	alive := s.RunAlive(id) // before reading: a run that ends meanwhile has written how
	b, err := os.ReadFile(filepath.Join(s.RunDir(id), "run.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist) && exists(s.RunDir(id)): // killed, or read, before its first write
	case err != nil:
		return nil, fmt.Errorf("reading the record of run %s: %w", id, err)
	default:
		if err := json.Unmarshal(b, doc); err != nil {
			return nil, fmt.Errorf("the record of run %s is damaged: %w", id, err)
		}
	}
	if doc.Status == StatusRunning && !alive {
		doc.Status = StatusKilled
	}
	return doc, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// ReadRuns reads the records of all runs, oldest first, and joins the errors of those that can't be read.
func ReadRuns(s *store.Store) ([]*RunRecord, error) {
	ids, err := s.Runs()
	if err != nil {
		return nil, err
	}
	var docs []*RunRecord
	var errs []error
	for _, id := range ids {
		doc, err := ReadRun(s, id)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		docs = append(docs, doc)
	}
	return docs, errors.Join(errs...)
}
