package cpu

import "github.com/gomlx/compute"

// FusedAttentionQKVProjection implements compute.Function.
func (f *function) FusedAttentionQKVProjection(x, wQKV, biasQ, biasK, biasV compute.Value, queryDim, keyValueDim int) (query, key, val compute.Value, err error) {
	o := operands{values: []compute.Value{x, wQKV}}
	bq, bk, bv := o.add(biasQ), o.add(biasK), o.add(biasV)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		q, k, v, err := t.FusedAttentionQKVProjection(in[0], in[1], bq(in), bk(in), bv(in), queryDim, keyValueDim)
		return []compute.Value{q, k, v}, err
	}
	out, err := f.record(compute.OpTypeFusedAttentionQKVProjection, nil, emit, o.values...)
	if err != nil {
		return nil, nil, nil, err
	}
	out[0].(*value).node.unique = true
	return out[0], out[1], out[2], nil
}

// quantization adds the operands in q and gives a function that puts others in their place.
func (o *operands) quantization(q *compute.Quantization) func(in []compute.Value) *compute.Quantization {
	if q == nil {
		return func([]compute.Value) *compute.Quantization { return nil }
	}
	c := *q
	scale, zero := o.add(q.Scale), o.add(q.ZeroPoint)
	return func(in []compute.Value) *compute.Quantization {
		r := c
		r.Scale, r.ZeroPoint = scale(in), zero(in)
		return &r
	}
}

// FusedQuantizedDense implements compute.Function.
func (f *function) FusedQuantizedDense(x, weights, bias compute.Value, q *compute.Quantization, activation compute.ActivationType) (compute.Value, error) {
	o := operands{values: []compute.Value{x, weights}}
	b, quant := o.add(bias), o.quantization(q)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.FusedQuantizedDense(in[0], in[1], b(in), quant(in), activation))
	}
	return f.recordUnique(compute.OpTypeFusedQuantizedDense, emit, o.values)
}

// QuantizedEmbeddingLookup implements compute.Function.
func (f *function) QuantizedEmbeddingLookup(data, indices compute.Value, q *compute.Quantization) (compute.Value, error) {
	o := operands{values: []compute.Value{data, indices}}
	quant := o.quantization(q)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		return one(t.QuantizedEmbeddingLookup(in[0], in[1], quant(in)))
	}
	return f.recordUnique(compute.OpTypeQuantizedEmbeddingLookup, emit, o.values)
}

// FusedScaledDotProductAttention implements compute.Function.
func (f *function) FusedScaledDotProductAttention(query, key, val compute.Value, layout compute.AttentionAxesLayout, options *compute.ScaledDotProductAttentionConfig) (compute.Value, []compute.Value, error) {
	o := operands{values: []compute.Value{query, key, val}}
	config := o.attention(options)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		y, states, err := t.FusedScaledDotProductAttention(in[0], in[1], in[2], layout, config(in))
		return append([]compute.Value{y}, states...), err
	}
	out, err := f.record(compute.OpTypeFusedScaledDotProductAttention, nil, emit, o.values...)
	if err != nil {
		return nil, nil, err
	}
	out[0].(*value).node.unique = true
	return out[0], out[1:], nil
}

// attention adds the operands in c and gives a function that puts others in their place.
func (o *operands) attention(c *compute.ScaledDotProductAttentionConfig) func(in []compute.Value) *compute.ScaledDotProductAttentionConfig {
	if c == nil {
		return func([]compute.Value) *compute.ScaledDotProductAttentionConfig { return nil }
	}
	base := *c
	queries, keys, bias, mask := o.add(c.QuerySeqLen), o.add(c.KeyValueSeqLen), o.add(c.Bias), o.add(c.Mask)
	return func(in []compute.Value) *compute.ScaledDotProductAttentionConfig {
		r := base
		r.QuerySeqLen, r.KeyValueSeqLen, r.Bias, r.Mask = queries(in), keys(in), bias(in), mask(in)
		return &r
	}
}
