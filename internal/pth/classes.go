package pth

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// ownModule is what guard calls the module of OrderedDict, since gopickle has one of its own under the real name.
const ownModule = "pipe"

// dtype is the type of a storage's numbers: its name in safetensors, and its size in bytes.
type dtype struct {
	name string
	size int64
}

var storageTypes = map[string]dtype{
	"FloatStorage": {"F32", 4}, "DoubleStorage": {"F64", 8}, "HalfStorage": {"F16", 2}, "BFloat16Storage": {"BF16", 2},
	"LongStorage": {"I64", 8}, "IntStorage": {"I32", 4}, "ShortStorage": {"I16", 2}, "CharStorage": {"I8", 1},
	"ByteStorage": {"U8", 1}, "BoolStorage": {"BOOL", 1}, "ComplexFloatStorage": {"C64", 8}, "ComplexDoubleStorage": {"C128", 16},
}

// function is one of the functions that a pickle may call.
type function func(args []any) (any, error)

// Call implements types.Callable.
func (f function) Call(args ...any) (any, error) { return f(args) }

var functions = map[string]function{
	ownModule + ".OrderedDict":                   orderedDict,
	"torch._utils._rebuild_tensor":               rebuild,
	"torch._utils._rebuild_tensor_v2":            rebuild,
	"torch._utils._rebuild_parameter":            first,
	"torch._utils._rebuild_parameter_with_state": first,
	"torch.Size": first,
}

// find gives the class of a name, of those that weights need.
func find(module, name string) (any, error) {
	if d, ok := storageTypes[name]; ok && module == "torch" {
		return d, nil
	}
	if f, ok := functions[module+"."+name]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("the pickle names %s.%s, which weights have no use for, and nothing of a pickle is executed here: "+
		"in Python load it where you trust it, and save the weights alone: torch.save(model.state_dict(), \"weights.pth\")", module, name)
}

// unpickle runs one pickle; load is told of storages.
func unpickle(in *cursor, load func(types.Tuple) (any, error)) (v any, err error) {
	text, err := guard(in)
	if err != nil {
		return nil, err
	}
	defer func() { // gopickle checks no index of what an opcode takes from the stack
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("the pickle is damaged: %v", r)
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(text))
	u.FindClass = find
	u.PersistentLoad = func(id any) (any, error) {
		t, ok := id.(*types.Tuple)
		if !ok || load == nil {
			return nil, errors.New("the pickle refers to something that is no storage")
		}
		return load(*t)
	}
	return u.Load()
}

// orderedDict is collections.OrderedDict(), or OrderedDict([[key, value], …]).
func orderedDict(args []any) (any, error) {
	d := types.NewDict()
	if len(args) == 0 {
		return &dict{Dict: d}, nil
	}
	items, ok := args[0].(*types.List)
	if !ok || len(args) > 1 {
		return nil, errors.New("the pickle makes an OrderedDict of something that is no list")
	}
	for _, item := range *items {
		var pair []any
		switch x := item.(type) {
		case *types.List:
			pair = *x
		case *types.Tuple:
			pair = *x
		}
		if len(pair) != 2 {
			return nil, errors.New("the pickle makes an OrderedDict of a list of something else than pairs")
		}
		d.Set(pair[0], pair[1])
	}
	return &dict{Dict: d}, nil
}

// dict is an OrderedDict; its attributes (the _metadata of a state_dict) are left out.
type dict struct{ *types.Dict }

// PyDictSet implements types.PyDictSettable.
func (*dict) PyDictSet(_, _ any) error { return nil }

// first gives the tensor that a parameter holds, or the tuple that a Size is.
func first(args []any) (any, error) {
	if len(args) == 0 {
		return nil, errors.New("the pickle makes a parameter of nothing")
	}
	return args[0], nil
}

// integer reads a number of a pickle.
func integer(v any) (int64, bool) {
	switch x := v.(type) {
	case int:
		return int64(x), true
	case *big.Int:
		return x.Int64(), x.IsInt64()
	}
	return 0, false
}

// shown writes something of a pickle into an error. Of what may hold other things it gives the type alone: a list that holds
// itself has no end.
func shown(v any) string {
	const most = 40
	switch x := v.(type) {
	case int, bool, nil:
		return fmt.Sprint(x)
	case *big.Int:
		return fmt.Sprintf("a number of %d bits", x.BitLen())
	case string:
		if len(x) > most {
			return fmt.Sprintf("%q…", x[:most])
		}
		return strconv.Quote(x)
	}
	return fmt.Sprintf("%T", v)
}

// integers reads a tuple, or a list, of numbers of 0 and more.
func integers(v any) ([]int, error) {
	var items []any
	switch x := v.(type) {
	case *types.Tuple:
		items = *x
	case *types.List:
		items = *x
	default:
		return nil, errors.New("a shape is no tuple")
	}
	if len(items) > maxAxes {
		return nil, fmt.Errorf("a shape has %d axes", len(items))
	}
	out := make([]int, len(items))
	for i, item := range items {
		n, ok := integer(item)
		if !ok || n < 0 || n > maxNumbers {
			return nil, fmt.Errorf("a shape has %s in it", shown(item))
		}
		out[i] = int(n)
	}
	return out, nil
}
