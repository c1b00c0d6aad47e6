// Package synth draws photographs of garments in the layout of DeepFashion2: silhouettes of all 13 categories in woven,
// knit and printed fabrics, photographed twice or more, by a shop (a clean studio) and by users (rooms, streets, bad
// light, hands in front). Boxes, polygons and landmarks come from what was drawn.
//
// The data set is made so that what is worth learning wins: a garment keeps its cut, fabric and colours over all its
// photos, while the scenes behind it are few, shared by all garments and chosen independently of them. Who follows the
// background finds other garments.
//
// It owns drawing, the plan of a data set (which photos there are, in which order) and the annotation files. It must not
// know of stages, artifacts or models.
//
// Units: outlines are in centimetres on the body (x to the right of the middle as the viewer sees it, y down from the base
// of the neck); a camera maps them to pixels. Colours are sRGB values of 0 to 255.
//
// Everything follows from the seed; the number of workers changes nothing. Arithmetic is float64 without explicit
// fused operations, so bytes are equal on machines of one architecture; on an architecture where Go fuses multiply and
// add (arm64, say) single pixels may differ.
package synth
