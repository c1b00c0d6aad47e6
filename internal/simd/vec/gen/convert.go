package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// conversions rely on Go's bool being a byte 0 or 1.
func conversions() []kernel {
	number := func(m *machine) body {
		return func(in []reg.VecVirtual) reg.VecVirtual {
			m.VCVTDQ2PS(in[0], in[0])
			return in[0]
		}
	}
	return []kernel{
		loop{name: "maskToBool", params: "dst []bool, mask []float32", in: []string{"mask"}, bytesOut: true, start: func(m *machine) body {
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VPSRLD(operand.U8(31), in[0], in[0])
				return in[0]
			}
		}}.kernel(),
		loop{name: "boolToMask", params: "dst []float32, src []bool", in: []string{"src"}, bytesIn: true, start: func(m *machine) body {
			zero := m.zero()
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VPSUBD(in[0], zero, in[0])
				return in[0]
			}
		}}.kernel(),
		loop{name: "fromBool", params: "dst []float32, src []bool", in: []string{"src"}, bytesIn: true, start: number}.kernel(),
		loop{name: "fromUint8", params: "dst []float32, src []uint8", in: []string{"src"}, bytesIn: true, start: number}.kernel(),
		loop{name: "toUint8", params: "dst []uint8, src []float32", in: []string{"src"}, bytesOut: true, start: func(m *machine) body {
			zero, limit := m.zero(), m.float(255)
			return func(in []reg.VecVirtual) reg.VecVirtual {
				m.VMAXPS(zero, in[0], in[0]) // the second operand, zero, for NaN
				m.VMINPS(limit, in[0], in[0])
				m.VCVTTPS2DQ(in[0], in[0])
				return in[0]
			}
		}}.kernel(),
	}
}
