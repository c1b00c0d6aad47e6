package formats

// writeGallery writes gallery.parquet: a row of labels for each row of the gallery.
func writeGallery(dir string, labels []Labels) error {
	h, err := newHeader("gallery", len(labels), 0, nil)
	if err != nil {
		return err
	}
	return writeTable(dir, GalleryFile, h, rowGroup, func(i int) Labels { return labels[i] })
}

// readGallery reads the gallery that Meta names, if it does.
func (n *Neighbours) readGallery(dir string) error {
	if !n.HasGallery() {
		return nil
	}
	return readTable[Labels](dir, GalleryFile, "gallery", nil, func(t *table) error {
		n.Gallery = make([]Labels, 0, t.Rows)
		return eachRow(t, func(_ int, l *Labels) error {
			n.Gallery = append(n.Gallery, *l)
			return nil
		})
	})
}
