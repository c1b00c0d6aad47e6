package report

import (
	"context"
	"errors"

	"fashionpipe/formats"
)

// Folders are the artifacts to read an Input from; "" or nil where there is none, which only Images may not be.
type Folders struct {
	Images, Gallery, Scores, Encoder, Drift, Judgements string
	Neighbours, Photos, Shops                           []string
	Clusters, Embeddings                                []Folder
}

// Folder is an artifact that others refer to by its digest.
type Folder struct{ Dir, Digest string }

// OpenInput is an Input whose image tables are open.
type OpenInput struct {
	Input
	tables []*formats.Images
}

// Close closes the image tables. The Input can't be used afterwards.
func (o *OpenInput) Close() error {
	var errs []error
	for _, t := range o.tables {
		errs = append(errs, t.Close())
	}
	return errors.Join(errs...)
}

// open opens an image table, until Close.
func (o *OpenInput) open(dir string) (Images, error) {
	t, err := formats.OpenImages(dir)
	if err != nil {
		return nil, err
	}
	o.tables = append(o.tables, t)
	return t, nil
}

// Read reads the artifacts of a report; all but the pixels are then in memory.
func Read(ctx context.Context, f Folders) (*OpenInput, error) {
	o := &OpenInput{}
	for _, read := range []func(context.Context, Folders) error{o.readImages, o.readOne, o.readMany} {
		if err := read(ctx, f); err != nil {
			return nil, errors.Join(err, o.Close())
		}
	}
	return o, nil
}

func (o *OpenInput) readImages(_ context.Context, f Folders) (err error) {
	if o.Images, err = o.open(f.Images); err != nil || f.Gallery == "" {
		return err
	}
	o.Gallery, err = o.open(f.Gallery)
	return err
}

// readOne reads what there is at most one of.
func (o *OpenInput) readOne(_ context.Context, f Folders) (err error) {
	if o.ImageRejects, err = formats.ReadRejects(f.Images); err != nil {
		return err
	}
	if f.Scores != "" {
		if o.Scores, err = formats.ReadMetrics(f.Scores); err != nil {
			return err
		}
	}
	if f.Drift != "" {
		if o.Drift, err = formats.ReadDrift(f.Drift); err != nil {
			return err
		}
	}
	if f.Judgements != "" {
		if o.Judgements, err = formats.ReadJudgements(f.Judgements); err != nil {
			return err
		}
	}
	if f.Encoder == "" {
		return nil
	}
	o.Encoder = &EncoderTable{}
	if o.Encoder.Info, err = formats.ReadEncoderInfo(f.Encoder); err != nil {
		return err
	}
	o.Encoder.History, err = formats.ReadHistory(f.Encoder)
	return err
}

// readMany reads what there may be several of.
func (o *OpenInput) readMany(ctx context.Context, f Folders) (err error) {
	if o.Neighbours, err = readAll(ctx, f.Neighbours, formats.ReadNeighbours); err != nil {
		return err
	}
	if o.Shops, err = readAll(ctx, f.Shops, readShop); err != nil {
		return err
	}
	o.Clusters, err = readAll(ctx, f.Clusters, func(c Folder) (ClusterTable, error) {
		table, err := formats.ReadClusters(c.Dir)
		return ClusterTable{c.Digest, table}, err
	})
	if err != nil {
		return err
	}
	if o.Photos, err = readAll(ctx, f.Photos, readPhotos); err != nil {
		return err
	}
	o.Embeddings, err = readAll(ctx, f.Embeddings, func(e Folder) (EmbeddingTable, error) {
		table, err := formats.ReadEmbeddings(e.Dir)
		return EmbeddingTable{e.Digest, table}, err
	})
	return err
}

func readPhotos(dir string) (p PhotoTable, err error) {
	if p.Photos, err = formats.ReadPhotos(dir); err != nil {
		return p, err
	}
	p.Rejects, err = formats.ReadRejects(dir)
	return p, err
}

func readShop(dir string) (*formats.Metrics, error) {
	m, err := formats.ReadMetrics(dir)
	if err == nil && m.Protocol == nil {
		err = errors.New("port shop: these are metrics of another kind; connect those of consumertoshop")
	}
	return m, err
}

// readAll reads each folder of a port.
func readAll[F, T any](ctx context.Context, folders []F, read func(F) (T, error)) ([]T, error) {
	var ts []T
	for _, f := range folders {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t, err := read(f)
		if err != nil {
			return nil, err
		}
		ts = append(ts, t)
	}
	return ts, nil
}
